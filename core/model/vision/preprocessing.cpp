#include "core/model/vision/preprocessing.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

double bilinearAt(double x)
{
    return std::max(0.0, 1 - std::abs(x));
}

// Keys (1981) with a = -0.5.
double bicubicAt(double x)
{
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    if (x < 2)
        return (((x - 5) * x + 8) * x - 4) * a;
    return 0;
}

// Which inputs one output is made of, in 1 / 2^22 as PIL has it.
struct Taps {
    std::int64_t first = 0;
    std::vector<std::int32_t> weights;
};
constexpr int kPrecision = 32 - 8 - 2;

std::vector<Taps> tapsFor(std::int64_t from, std::int64_t to, Resampling resampling)
{
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double widening = std::max(1.0, scale);
    const double support = (resampling == Resampling::bicubic ? 2.0 : 1.0) * widening;
    std::vector<Taps> all;
    for (std::int64_t i = 0; i < to; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) * scale;
        const auto first =
            std::max<std::int64_t>(0, static_cast<std::int64_t>(centre - support + 0.5));
        const auto end = std::min(from, static_cast<std::int64_t>(centre + support + 0.5));
        std::vector<double> weights;
        double sum = 0;
        for (std::int64_t j = first; j < end; ++j) {
            const double x = (static_cast<double>(j) - centre + 0.5) / widening;
            weights.push_back(resampling == Resampling::bicubic ? bicubicAt(x) : bilinearAt(x));
            sum += weights.back();
        }
        Taps taps{first, {}};
        for (const double weight : weights) {
            const double fixed = weight / sum * (1 << kPrecision);
            taps.weights.push_back(
                static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
        }
        all.push_back(std::move(taps));
    }
    return all;
}

std::uint8_t clip(std::int64_t sum)
{
    return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> kPrecision, 0, 255));
}

// One pass over lines: `step` is the distance between neighbours along it, in values.
void resizePass(const std::uint8_t* from, std::uint8_t* to, const std::vector<Taps>& taps,
                std::int64_t lines, std::int64_t fromLine, std::int64_t toLine,
                std::int64_t fromStep, std::int64_t toStep, std::int64_t channels)
{
    for (std::int64_t line = 0; line < lines; ++line)
        for (std::size_t i = 0; i < taps.size(); ++i)
            for (std::int64_t c = 0; c < channels; ++c) {
                std::int64_t sum = 1 << (kPrecision - 1);
                const std::uint8_t* x = from + line * fromLine + taps[i].first * fromStep + c;
                for (std::size_t j = 0; j < taps[i].weights.size(); ++j)
                    sum += static_cast<std::int64_t>(taps[i].weights[j]) *
                           x[static_cast<std::int64_t>(j) * fromStep];
                to[line * toLine + static_cast<std::int64_t>(i) * toStep + c] = clip(sum);
            }
}

// As PIL's convert("L"): integers of 16 bits.
std::uint8_t greyOf(const std::uint8_t* rgb)
{
    return static_cast<std::uint8_t>((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >>
                                     16);
}

std::vector<std::uint8_t> withChannels(const PictureView& picture, std::int64_t channels)
{
    const auto pixels = static_cast<std::size_t>(picture.width * picture.height);
    if (picture.channels == channels)
        return {picture.values.begin(), picture.values.end()};
    std::vector<std::uint8_t> values(pixels * static_cast<std::size_t>(channels));
    for (std::size_t i = 0; i < pixels; ++i) {
        if (channels == 1)
            values[i] = greyOf(picture.values.data() + 3 * i);
        else
            std::fill_n(values.data() + 3 * i, 3, picture.values[i]);
    }
    return values;
}

} // namespace

std::int64_t Preprocessing::resizedSide() const
{
    const double exact = static_cast<double>(side) / crop;
    return static_cast<std::int64_t>(roundsUp ? std::ceil(exact) : std::floor(exact));
}

std::vector<std::uint8_t> resized(const PictureView& picture, std::int64_t width,
                                  std::int64_t height, Resampling resampling)
{
    const std::int64_t channels = picture.channels;
    std::vector<std::uint8_t> across(static_cast<std::size_t>(width * picture.height * channels));
    resizePass(picture.values.data(), across.data(), tapsFor(picture.width, width, resampling),
               picture.height, picture.width * channels, width * channels, channels, channels,
               channels);
    std::vector<std::uint8_t> down(static_cast<std::size_t>(width * height * channels));
    resizePass(across.data(), down.data(), tapsFor(picture.height, height, resampling), width,
               channels, channels, width * channels, width * channels, channels);
    return down;
}

Result<std::vector<float>> prepare(const PictureView& picture, const Preprocessing& how)
{
    if (picture.width < 1 || picture.height < 1)
        return argumentError("the picture has no pixels");
    if (how.padded && (picture.width > how.side || picture.height > how.side))
        return argumentError("a picture of {} x {} does not fit into the {} x {} that the network "
                             "sees; it is not resized for this one",
                             picture.width, picture.height, how.side, how.side);
    const std::int64_t channels = how.channels(), side = how.side;
    std::vector<std::uint8_t> values = withChannels(picture, channels);
    PictureView view{picture.width, picture.height, channels, values};
    std::vector<std::uint8_t> smaller;
    if (!how.padded) {
        const std::int64_t shorter = std::min(view.width, view.height), wanted = how.resizedSide();
        // As torchvision: the longer side is cut down to a whole number.
        const std::int64_t width = view.width == shorter ? wanted : wanted * view.width / shorter,
                           height =
                               view.height == shorter ? wanted : wanted * view.height / shorter;
        smaller = resized(view, width, height, how.resampling);
        view = {width, height, channels, smaller};
    }
    // The middle, half a pixel rounded to even as torchvision does it.
    const auto middle = [side](std::int64_t length) {
        return static_cast<std::int64_t>(std::nearbyint(static_cast<double>(length - side) / 2));
    };
    const std::int64_t left = middle(view.width), top = middle(view.height);
    std::vector<float> out(static_cast<std::size_t>(side * side * channels));
    for (std::int64_t y = 0; y < side; ++y)
        for (std::int64_t x = 0; x < side; ++x)
            for (std::int64_t c = 0; c < channels; ++c) {
                const std::int64_t row = y + top, column = x + left;
                const bool inside =
                    row >= 0 && row < view.height && column >= 0 && column < view.width;
                const double value = inside ? view.values[static_cast<std::size_t>(
                                                  (row * view.width + column) * channels + c)]
                                            : 0;
                const auto at = static_cast<std::size_t>(c);
                out[static_cast<std::size_t>((y * side + x) * channels + c)] =
                    static_cast<float>((value / 255 - how.mean[at]) / how.deviation[at]);
            }
    return out;
}

Preprocessing preprocessingOf(const VisionConfig& config, Preprocessing how,
                              std::vector<std::string>& assumed)
{
    if (config.mean.empty() || config.deviation.size() != config.mean.size())
        assumed.push_back("the mean and deviation of pixels");
    else
        how.mean = config.mean, how.deviation = config.deviation;
    how.padded = config.padded;
    if (how.padded)
        return how;
    if (config.crop && *config.crop > 0 && *config.crop <= 1)
        how.crop = *config.crop;
    else
        assumed.push_back("how much of the picture is kept");
    if (config.interpolation == "bicubic" || config.interpolation == "bilinear")
        how.resampling =
            config.interpolation == "bicubic" ? Resampling::bicubic : Resampling::bilinear;
    else
        assumed.push_back("the filter");
    return how;
}

} // namespace vitrine::model
