#include "core/figure/figure.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace vitrine::figure
{
namespace
{

// 256 sRGB colours each, six hexadecimal digits a colour.
// viridis, magma: Nathaniel Smith and Stefan van der Walt; cividis: Jamie Nunez, Christopher
// Anderton, Ryan Renslow; all as in Matplotlib, dedicated to the public domain (CC0). difference:
// ours (CC0); lightness in CIELAB rises evenly from 32 at both ends to 97 in the middle, hue 282
// degrees below zero and 36 above, chroma falling to nothing in the middle.
// clang-format off
constexpr std::string_view kViridis =
    "44015444025645045745055946075a46085c460a5d460b5e470d60470e61471063471164471365481467481668"
    "48176948186a481a6c481b6d481c6e481d6f481f70482071482173482374482475482576482677482878482979"
    "472a7a472c7a472d7b472e7c472f7d46307e46327e46337f463480453581453781453882443983443a83443b84"
    "433d84433e85423f854240864241864142874144874045884046883f47883f48893e49893e4a893e4c8a3d4d8a"
    "3d4e8a3c4f8a3c508b3b518b3b528b3a538b3a548c39558c39568c38588c38598c375a8c375b8d365c8d365d8d"
    "355e8d355f8d34608d34618d33628d33638d32648e32658e31668e31678e31688e30698e306a8e2f6b8e2f6c8e"
    "2e6d8e2e6e8e2e6f8e2d708e2d718e2c718e2c728e2c738e2b748e2b758e2a768e2a778e2a788e29798e297a8e"
    "297b8e287c8e287d8e277e8e277f8e27808e26818e26828e26828e25838e25848e25858e24868e24878e23888e"
    "23898e238a8d228b8d228c8d228d8d218e8d218f8d21908d21918c20928c20928c20938c1f948c1f958b1f968b"
    "1f978b1f988b1f998a1f9a8a1e9b8a1e9c891e9d891f9e891f9f881fa0881fa1881fa1871fa28720a38620a486"
    "21a58521a68522a78522a88423a98324aa8325ab8225ac8226ad8127ad8128ae8029af7f2ab07f2cb17e2db27d"
    "2eb37c2fb47c31b57b32b67a34b67935b77937b87838b9773aba763bbb753dbc743fbc7340bd7242be7144bf70"
    "46c06f48c16e4ac16d4cc26c4ec36b50c46a52c56954c56856c66758c7655ac8645cc8635ec96260ca6063cb5f"
    "65cb5e67cc5c69cd5b6ccd5a6ece5870cf5773d05675d05477d1537ad1517cd2507fd34e81d34d84d44b86d549"
    "89d5488bd6468ed64590d74393d74195d84098d83e9bd93c9dd93ba0da39a2da37a5db36a8db34aadc32addc30"
    "b0dd2fb2dd2db5de2bb8de29bade28bddf26c0df25c2df23c5e021c8e020cae11fcde11dd0e11cd2e21bd5e21a"
    "d8e219dae319dde318dfe318e2e418e5e419e7e419eae51aece51befe51cf1e51df4e61ef6e620f8e621fbe723"
    "fde725";

constexpr std::string_view kCividis =
    "00224e00234f00245100255300255400265600275800285900285b00295d002a5f002a61002b62002c64002c66"
    "002d68002e6a002e6c002f6d00306f0030700031700031710132710533710833700c34700f3570123570143670"
    "16377018376f1a386f1c396f1e3a6f203a6f213b6e233c6e243c6e263d6e273e6e293f6e2a3f6d2b406d2d416d"
    "2e416d2f426d31436d32436d33446d34456c35456c36466c38476c39486c3a486c3b496c3c4a6c3d4a6c3e4b6c"
    "3f4c6c404c6c414d6c424e6c434e6c444f6c45506c46516c47516c48526c49536c4a536c4b546c4c556c4d556c"
    "4e566c4f576c50576c51586d52596d535a6d545a6d555b6d555c6d565c6d575d6d585e6d595e6e5a5f6e5b606e"
    "5c616e5d616e5e626e5e636f5f636f60646f61656f62656f636670646770656870656870666970676a71686a71"
    "696b716a6c716b6d726c6d726c6e726d6f726e6f736f7073707173717274727274727374737475747475757575"
    "7676767777767777777878777979777a7a787b7a787c7b787d7c787e7c787e7d787f7e78807f78817f78828079"
    "8381798482798582798683798784788885788985788a86788b87788c88788d88788e89788f8a78908b78918b78"
    "928c78928d78938e78948e77958f779690779791779892779992779a93769b94769c95769d95769e96769f9775"
    "a09875a19975a29975a39a74a49b74a59c74a69c74a79d73a89e73a99f73aaa073aba072aca172ada272aea371"
    "afa471b0a571b1a570b3a670b4a76fb5a86fb6a96fb7a96eb8aa6eb9ab6dbaac6dbbad6dbcae6cbdae6cbeaf6b"
    "bfb06bc0b16ac1b26ac2b369c3b369c4b468c5b568c6b667c7b767c8b866c9b965cbb965ccba64cdbb63cebc63"
    "cfbd62d0be62d1bf61d2c060d3c05fd4c15fd5c25ed6c35dd7c45cd9c55cdac65bdbc75adcc859ddc858dec958"
    "dfca57e0cb56e1cc55e2cd54e4ce53e5cf52e6d051e7d150e8d24fe9d34eead34cebd44bedd54aeed649efd748"
    "f0d846f1d945f2da44f3db42f5dc41f6dd3ff7de3ef8df3cf9e03afbe138fce236fde334fee434fee535fee636"
    "fee838";

constexpr std::string_view kMagma =
    "00000401000501010601010802010902020b02020d03030f03031204041405041606051806051a07061c08071e"
    "0907200a08220b09240c09260d0a290e0b2b100b2d110c2f120d31130d34140e36150e38160f3b180f3d19103f"
    "1a10421c10441d11471e114920114b21114e22115024125325125527125829115a2a115c2c115f2d11612f1163"
    "31116533106734106936106b38106c390f6e3b0f703d0f713f0f72400f74420f75440f76451077471078491078"
    "4a10794c117a4e117b4f127b51127c52137c54137d56147d57157e59157e5a167e5c167f5d177f5f187f601880"
    "621980641a80651a80671b80681c816a1c816b1d816d1d816e1e81701f81721f81732081752181762181782281"
    "7922827b23827c23827e24828025828125818326818426818627818827818928818b29818c29818e2a81902a81"
    "912b81932b80942c80962c80982d80992d809b2e7f9c2e7f9e2f7fa02f7fa1307ea3307ea5317ea6317da8327d"
    "aa337dab337cad347cae347bb0357bb2357bb3367ab5367ab73779b83779ba3878bc3978bd3977bf3a77c03a76"
    "c23b75c43c75c53c74c73d73c83e73ca3e72cc3f71cd4071cf4070d0416fd2426fd3436ed5446dd6456cd8456c"
    "d9466bdb476adc4869de4968df4a68e04c67e24d66e34e65e44f64e55064e75263e85362e95462ea5661eb5760"
    "ec5860ed5a5fee5b5eef5d5ef05f5ef1605df2625df2645cf3655cf4675cf4695cf56b5cf66c5cf66e5cf7705c"
    "f7725cf8745cf8765cf9785df9795df97b5dfa7d5efa7f5efa815ffb835ffb8560fb8761fc8961fc8a62fc8c63"
    "fc8e64fc9065fd9266fd9467fd9668fd9869fd9a6afd9b6bfe9d6cfe9f6dfea16efea36ffea571fea772fea973"
    "feaa74feac76feae77feb078feb27afeb47bfeb67cfeb77efeb97ffebb81febd82febf84fec185fec287fec488"
    "fec68afec88cfeca8dfecc8ffecd90fecf92fed194fed395fed597fed799fed89afdda9cfddc9efddea0fde0a1"
    "fde2a3fde3a5fde5a7fde7a9fde9aafdebacfcecaefceeb0fcf0b2fcf2b4fcf4b6fcf6b8fcf7b9fcf9bbfcfbbd"
    "fcfdbf";

constexpr std::string_view kDifference =
    "004b92014c94014d96014e9802509b00519d00529f0153a10054a30156a60257a70158aa0259ac015aae005cb1"
    "015db3015eb5035fb70260b90162bc0063be0964bf1165c01667c11b68c22069c3246ac4276cc52b6dc62e6ec7"
    "316fc83471c93772ca3973cb3c74cc3f76cd4177cd4478ce4679cf497bd04b7cd14e7dd2507ed35280d35481d4"
    "5782d55984d65b85d75d86d75f88d86289d9648ada668bda688ddb6a8edc6c8fdd6e91dd7092de7293df7495df"
    "7696e07897e17a99e17c9ae27e9be3809de3829ee4849fe486a1e588a2e58aa4e68ca5e78ea6e790a8e892a9e8"
    "94aae996ace998adea9aafea9cb0eb9eb1eba0b3eca2b4eca4b6eca5b7eda7b8eda9baeeabbbeeadbdeeafbeef"
    "b1bfefb3c1f0b5c2f0b6c4f0b8c5f1bac7f1bcc8f1bec9f2c0cbf2c2ccf2c4cef2c5cff3c7d1f3c9d2f3cbd4f3"
    "cdd5f4cfd6f4d1d8f4d2d9f4d4dbf5d6dcf5d8def5dadff5dce1f5dee2f5dfe4f5e1e5f6e3e7f6e5e8f6e7eaf6"
    "e9ebf6eaedf6eceef6eef0f6f0f1f6f2f3f6f4f4f6f5f6f6f7f5f5f7f3f3f7f2f0f7f0eef8eeecf8ece9f8eae7"
    "f8e8e5f8e6e2f8e4e0f9e2def9e0dcf9dfd9f9ddd7f9dbd5f9d9d3f9d7d0f8d5cef8d3ccf8d2caf8d0c7f8cec5"
    "f8ccc3f8cac1f7c8bff7c6bdf7c5baf7c3b8f6c1b6f6bfb4f6bdb2f5bcb0f5baaef5b8acf4b6aaf4b4a8f3b2a6"
    "f3b1a4f2afa1f2ad9ff1ab9df1aa9bf0a899f0a697efa495efa294eea192ed9f90ed9d8eec9b8cec9a8aeb9888"
    "ea9686e99484e99382e89180e78f7fe78d7de68c7be58a79e48877e38675e38574e28372e18170e0806edf7e6c"
    "de7c6bdd7a69dd7967dc7765db7564da7462d97260d8705fd76f5dd66d5bd56b5ad46a58d36856d26655d16553"
    "d06352cf6150ce604ecc5e4dcb5c4bca5b4ac95948c85747c75645c65444c55242c35141c24f3fc14d3ec04c3c"
    "bf4a3bbd4839bc4738bb4536ba4435b84234b74032b63f31b43d2fb33b2eb23a2db1382baf362aae3529ad3327"
    "ab3126aa3025a82e24a72c22a62a21a42920a3271fa1251da0231c9e221b9d201a9c1e199a1c17991a16971815"
    "961714";
// clang-format on

std::string_view tableOf(ColourMap map)
{
    switch (map) {
    case ColourMap::viridis:
        return kViridis;
    case ColourMap::cividis:
        return kCividis;
    case ColourMap::magma:
        return kMagma;
    case ColourMap::difference:
        return kDifference;
    }
    return kViridis;
}

std::uint8_t digit(char c)
{
    return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10);
}

std::uint8_t byteAt(std::string_view table, std::size_t index)
{
    return static_cast<std::uint8_t>(digit(table[2 * index]) * 16 + digit(table[2 * index + 1]));
}

// Share of the way from low to high, in decades; low is above zero.
double logShare(double value, double low, double high)
{
    if (!(high > low))
        return value >= high ? 1.0 : 0.0;
    return value <= low ? 0.0 : std::min(std::log(value / low) / std::log(high / low), 1.0);
}

double centred(const Grid& grid, double value)
{
    const double most = std::max(std::abs(grid.minimum), std::abs(grid.maximum));
    if (!(most > 0))
        return 0.5;
    const double share = grid.scale == Scale::linear
                             ? std::min(std::abs(value) / most, 1.0)
                             : logShare(std::abs(value), most * kLogFloor, most);
    return 0.5 + 0.5 * std::copysign(share, value);
}

} // namespace

Colour colourOf(ColourMap map, double value)
{
    if (std::isnan(value))
        return {};
    const auto entry = static_cast<std::size_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255));
    const std::string_view table = tableOf(map);
    return {byteAt(table, 3 * entry), byteAt(table, 3 * entry + 1), byteAt(table, 3 * entry + 2)};
}

Range colourRange(const Grid& grid)
{
    if (grid.map == ColourMap::difference) {
        const double most = std::max(std::abs(grid.minimum), std::abs(grid.maximum));
        return {-most, most};
    }
    if (grid.scale == Scale::logarithmic)
        return {std::max(grid.minimum, grid.maximum * kLogFloor), grid.maximum};
    return {grid.minimum, grid.maximum};
}

double normalised(const Grid& grid, float value)
{
    const double v = value;
    if (std::isnan(v))
        return v;
    if (grid.map == ColourMap::difference)
        return centred(grid, v);
    const auto [low, high] = colourRange(grid);
    if (grid.scale == Scale::logarithmic)
        return logShare(v, low, high);
    if (!(high > low))
        return v >= high ? 1.0 : 0.0;
    return std::clamp((v - low) / (high - low), 0.0, 1.0);
}

} // namespace vitrine::figure
