#include "core/video/raw_name.h"

#include "core/base/format.h"
#include "core/video/rate.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace vitrine::video
{
namespace
{

struct NamedSize {
    std::string_view name;
    std::array<RawSize, 5> sizes; // the usual one first; 0x0: no more
};
constexpr NamedSize kSizes[] = {
    {"sqcif", {{{128, 96}}}},
    {"qcif", {{{176, 144}, {176, 120}}}},
    {"4cif", {{{704, 576}, {704, 480}}}},
    {"cif", {{{352, 288}, {352, 240}}}},
    {"qvga", {{{320, 240}}}},
    {"vga", {{{640, 480}}}},
    {"480p", {{{832, 480}, {854, 480}, {848, 480}, {720, 480}, {640, 480}}}},
    {"720p", {{{1280, 720}}}},
    {"1080p", {{{1920, 1080}, {1920, 1088}}}},
    {"2160p", {{{3840, 2160}, {4096, 2160}}}},
    {"uhd", {{{3840, 2160}}}}};

constexpr int kHighestPlainRate = 240; // of a number without a word

bool isDigits(std::string_view text)
{
    return !text.empty() &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::optional<int> smallNumber(std::string_view text)
{
    const auto value = text.size() <= 5 ? parseInteger(text) : std::nullopt;
    return value && *value >= 1 && *value <= 99999 ? std::optional(static_cast<int>(*value))
                                                   : std::nullopt;
}

// Letters and digits that stand together, in small letters, and what stands before them.
struct Word {
    std::string text;
    char before = 0;
};

std::vector<Word> wordsOf(std::string_view name)
{
    std::vector<Word> words(1);
    for (const char letter : name) {
        const auto c = static_cast<unsigned char>(letter);
        if (std::isalnum(c) != 0)
            words.back().text += static_cast<char>(std::tolower(c));
        else if (!words.back().text.empty())
            words.push_back({{}, letter});
        else
            words.back().before = letter;
    }
    if (words.back().text.empty())
        words.pop_back();
    return words;
}

// The number before one of the endings that mean a rate, else nothing.
std::string_view beforeRateWord(std::string_view word)
{
    for (const std::string_view ending : {"fps", "hz"})
        if (word.ends_with(ending))
            return word.substr(0, word.size() - ending.size());
    return {};
}

bool isBroadcast(double perSecond)
{
    return perSecond > 0 && writtenRate(perSecond).denominator == 1001;
}

// "29.97": two words become one where they are a rate, by the word behind them or as one that is
// written so.
void joinDecimals(std::vector<Word>& words)
{
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const bool saysRate = !beforeRateWord(words[i + 1].text).empty();
        const std::string_view fraction =
            saysRate ? beforeRateWord(words[i + 1].text) : std::string_view(words[i + 1].text);
        if (!isDigits(words[i].text) || !isDigits(fraction) || words[i].text.size() > 3 ||
            fraction.size() > 6)
            continue;
        const bool isPoint = words[i + 1].before == '.' || words[i + 1].before == ',';
        const std::string joined = fmt::format("{}.{}", words[i].text, fraction);
        const double value = parseReal(joined).value_or(0);
        const bool isHalf = isPoint && fraction == "5";
        if (!isBroadcast(value) && !(isPoint && saysRate) && !isHalf)
            continue;
        words[i].text = joined + (saysRate ? "fps" : "");
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
}

// "25", "29.97", and "2997" or "23976", whose point was left out.
double rateIn(std::string_view text)
{
    const auto value = text.size() <= 10 ? parseReal(text) : std::nullopt;
    if (!value || !(*value > 0))
        return 0;
    if (*value <= 1000)
        return writtenRate(*value).perSecond();
    for (const double shift : {100.0, 1000.0})
        if (isBroadcast(*value / shift))
            return writtenRate(*value / shift).perSecond();
    return 0;
}

// Sizes of one word: "1920x1080", also inside it ("foreman352x288"), a name, a name with a rate
// ("1080p50").
class SizeTaker
{
public:
    explicit SizeTaker(RawName& name) : name_(name) {}

    bool take(const std::string& word) { return takeNumbers(word) || takeName(word); }
    double rate() const { return rate_; }

    // What is written in numbers comes first, pictures of a few samples a side last.
    void finish()
    {
        name_.sizes = numbers_;
        name_.sizes.insert(name_.sizes.end(), names_.begin(), names_.end());
        std::ranges::stable_partition(name_.sizes, [](const RawSize& size) {
            return size.width >= kSmallSide && size.height >= kSmallSide;
        });
    }

private:
    static constexpr int kSmallSide = 16;

    static void add(std::vector<RawSize>& list, RawSize size)
    {
        if (std::ranges::find(list, size) == list.end())
            list.push_back(size);
    }

    bool takeNumbers(const std::string& word)
    {
        const auto digit = [&](std::size_t i) {
            return i < word.size() && std::isdigit(static_cast<unsigned char>(word[i])) != 0;
        };
        for (std::size_t x = word.find('x'); x != std::string::npos; x = word.find('x', x + 1)) {
            std::size_t from = x, to = x + 1;
            while (from > 0 && digit(from - 1))
                --from;
            while (digit(to))
                ++to;
            const auto width = smallNumber(std::string_view(word).substr(from, x - from));
            const auto height = smallNumber(std::string_view(word).substr(x + 1, to - x - 1));
            if (width && height) {
                add(numbers_, {*width, *height});
                return true;
            }
        }
        return false;
    }

    bool takeName(const std::string& word)
    {
        for (const NamedSize& known : kSizes) {
            if (!word.starts_with(known.name))
                continue;
            const std::string_view rest = std::string_view(word).substr(known.name.size());
            const double rate = known.name.ends_with('p') && isDigits(rest) ? rateIn(rest) : 0;
            if (!rest.empty() && rate == 0)
                continue;
            rate_ = rate > 0 ? rate : rate_;
            add(names_, known.sizes.front());
            for (const RawSize& kin : std::span(known.sizes).subspan(1))
                if (kin.width > 0)
                    add(name_.kinSizes, kin);
            return true;
        }
        return false;
    }

    RawName& name_;
    std::vector<RawSize> numbers_, names_;
    double rate_ = 0;
};

// What words say about samples and rate, before it is weighed.
struct Said {
    std::vector<RawLayout> formats; // whole names of formats
    std::vector<Chroma> chroma;     // "422" alone
    std::vector<int> bits;          // "10bit"
    std::optional<ByteOrder> order;
    double rate = 0;             // with a word of its own
    std::vector<double> numbers; // at most two, directly after the size
};

void takeDetail(Said& said, const std::string& word)
{
    constexpr std::pair<std::string_view, Chroma> kDigits[] = {
        {"400", Chroma::k400}, {"411", Chroma::k411}, {"420", Chroma::k420},
        {"422", Chroma::k422}, {"440", Chroma::k440}, {"444", Chroma::k444}};
    for (const std::string_view suffix : {"bit", "bits", "bpp", "b"}) {
        if (!word.ends_with(suffix))
            continue;
        const auto bits =
            smallNumber(std::string_view(word).substr(0, word.size() - suffix.size()));
        if (bits && *bits >= 8 && *bits <= 16)
            said.bits.push_back(*bits);
    }
    if (const std::string_view number = beforeRateWord(word); !number.empty())
        said.rate = rateIn(number) > 0 ? rateIn(number) : said.rate;
    for (const auto& [digits, chroma] : kDigits)
        if (word == digits)
            said.chroma.push_back(chroma);
    if (word == "be" || word == "le")
        said.order = word == "be" ? ByteOrder::big : ByteOrder::little;
    if (RawLayout named; setRawFormat(named, word)) // "yuv420p10le", "nv12"; a plain "gray" too
        said.formats.push_back(named);
}

// A format of 8 bits whose name also says more: its kin of as many bits.
RawLayout withBits(RawLayout layout, int bits)
{
    layout.format.bits = bits;
    layout.highBits = bits > 8 && layout.arrangement != Arrangement::planar &&
                      layout.arrangement != Arrangement::planarSwapped;
    return layout;
}

void addWords(RawName& name, RawLayout layout, const Said& said, double rate, bool isAssumed)
{
    if (said.order)
        layout.order = *said.order;
    layout.framesPerSecond = rate;
    const bool isKnown = std::ranges::any_of(
        name.words, [&](const RawWords& known) { return known.layout == layout; });
    if (!isKnown)
        name.words.push_back({layout, isAssumed});
}

double plainRate(const std::vector<double>& numbers, std::size_t index)
{
    return index < numbers.size() && numbers[index] <= kHighestPlainRate ? numbers[index] : 0;
}

// Where a number says the rate ("_50", "_8_30") and none says bits.
double rateAlone(const Said& said)
{
    if (said.rate > 0)
        return said.rate;
    const bool isBitsFirst = said.numbers.size() == 2 && said.numbers[0] == 8 &&
                             said.numbers[1] >= 20 && plainRate(said.numbers, 1) > 0;
    return plainRate(said.numbers, isBitsFirst ? 1 : 0);
}

// "_24_10": a number after the size may be bits; then the other one is the rate.
struct NumberAsBits {
    int bits = 8;
    double rate = 0;
};
std::vector<NumberAsBits> bitsAmong(const Said& said)
{
    std::vector<NumberAsBits> found;
    for (const std::size_t index : {std::size_t{1}, std::size_t{0}}) {
        const double number = index < said.numbers.size() ? said.numbers[index] : 0;
        for (const int bits : {9, 10, 12, 14, 16})
            if (number == bits)
                found.push_back(
                    {bits, said.rate > 0 ? said.rate : plainRate(said.numbers, 1 - index)});
    }
    return found;
}

void weighWords(RawName& name, const Said& said)
{
    const double rate = rateAlone(said);
    for (auto format = said.formats.rbegin(); format != said.formats.rend(); ++format) {
        for (auto bits = said.bits.rbegin(); bits != said.bits.rend(); ++bits)
            if (format->format.bits == 8 && *bits > 8)
                addWords(name, withBits(*format, *bits), said, rate, false);
        addWords(name, *format, said, rate, false);
    }
    if (!said.formats.empty())
        return;
    std::vector<Chroma> chroma(said.chroma.rbegin(), said.chroma.rend());
    const bool saysChroma = !chroma.empty();
    chroma.push_back(Chroma::k420); // the number may be another one
    for (const Chroma one : chroma) {
        RawLayout plain;
        plain.format.chroma = one;
        const bool isAssumed = !saysChroma && said.bits.empty();
        for (auto bits = said.bits.rbegin(); bits != said.bits.rend(); ++bits)
            addWords(name, withBits(plain, *bits), said, rate, false);
        if (!said.bits.empty())
            continue;
        const auto numbers = bitsAmong(said);
        const bool isLast = said.numbers.size() == 2 && !numbers.empty() &&
                            numbers.front().bits == static_cast<int>(said.numbers[1]);
        if (!isLast)
            addWords(name, plain, said, rate, isAssumed);
        for (const NumberAsBits& number : numbers)
            addWords(name, withBits(plain, number.bits), said, number.rate, false);
        addWords(name, plain, said, rate, isAssumed);
    }
}

} // namespace

RawName readRawName(std::string_view fileName)
{
    const auto dot = fileName.rfind('.');
    const bool hasEnding = dot != std::string_view::npos && dot > 0;
    std::vector<Word> words = wordsOf(fileName.substr(0, dot));
    joinDecimals(words);

    RawName name;
    Said said;
    SizeTaker sizes(name);
    bool isAfterSize = false; // what stands directly behind is the rate, and bits behind that
    for (const Word& word : words) {
        if (sizes.take(word.text)) {
            isAfterSize = said.numbers.empty();
            continue;
        }
        const auto number = parseReal(word.text);
        isAfterSize = isAfterSize && said.numbers.size() < 2 && number && *number > 0 &&
                      std::isdigit(static_cast<unsigned char>(word.text.front())) != 0;
        if (isAfterSize)
            said.numbers.push_back(writtenRate(*number).perSecond());
    }
    sizes.finish();
    said.rate = sizes.rate();
    if (hasEnding)
        words.push_back({wordsOf(fileName.substr(dot)).empty()
                             ? std::string()
                             : wordsOf(fileName.substr(dot)).front().text});
    for (const Word& word : words) {
        takeDetail(said, word.text);
        if (name.unreadable.empty() && isUnreadRawFormat(word.text))
            name.unreadable = word.text;
    }
    weighWords(name, said);
    return name;
}

std::optional<RawLayout> guessRawLayout(std::string_view fileName)
{
    const RawName name = readRawName(fileName);
    if (name.sizes.empty())
        return std::nullopt;
    RawLayout layout = name.words.front().layout;
    layout.width = name.sizes.front().width;
    layout.height = name.sizes.front().height;
    return layout;
}

} // namespace vitrine::video
