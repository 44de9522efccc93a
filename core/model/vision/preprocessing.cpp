#include "core/model/vision/preprocessing.h"

#include "core/model/vision/vision_config.h"

#include <algorithm>
#include <cmath>
#include <fmt/ranges.h>

namespace vitrine::model
{
namespace
{

constexpr std::int64_t kMostResizedSide = 1 << 13, kMostResizedPixels = 100'000'000;
constexpr double kLeastDeviation = 1e-6;

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

// Single precision, as torchvision and the trainer have it: `value` is 0..1.
float normalised(float value, std::size_t channel, const Preprocessing& how)
{
    return (value - static_cast<float>(how.mean[channel])) /
           static_cast<float>(how.deviation[channel]);
}

} // namespace

std::int64_t Preprocessing::resizedSide() const
{
    if (resizedTo > 0)
        return resizedTo;
    const double exact = static_cast<double>(side) / crop;
    return static_cast<std::int64_t>(roundsUp ? std::ceil(exact) : std::floor(exact));
}

bool Preprocessing::keeps(std::int64_t width, std::int64_t height, std::int64_t channels) const
{
    return width == side && height == side && channels == this->channels() &&
           (padded || !resizes || resizedSide() == side) && divisor == 255;
}

namespace
{

struct Sides {
    std::int64_t width = 0, height = 0;
};

Sides resizedSides(const PictureView& picture, const Preprocessing& how)
{
    const std::int64_t wanted = how.resizedSide(),
                       shorter = std::min(picture.width, picture.height);
    if (how.squashed)
        return {wanted, wanted};
    // As torchvision: the longer side is cut down to a whole number.
    return {picture.width == shorter ? wanted : wanted * picture.width / shorter,
            picture.height == shorter ? wanted : wanted * picture.height / shorter};
}

// Where the middle `side` pixels begin; below 0 where there are fewer.
std::int64_t middleOf(std::int64_t length, const Preprocessing& how)
{
    const std::int64_t rest = length - how.side;
    if (how.cutsDown)
        return rest >> 1;
    // torchvision: half a pixel is rounded to even where it cuts, a border is larger behind.
    return rest < 0 ? -(-rest / 2)
                    : static_cast<std::int64_t>(std::nearbyint(static_cast<double>(rest) / 2));
}

Result<void> checkFits(const PictureView& picture, const Preprocessing& how)
{
    if (picture.width < 1 || picture.height < 1)
        return argumentError("the picture has no pixels");
    if (how.padded && (picture.width > how.side || picture.height > how.side))
        return argumentError("a picture of {} x {} does not fit into the {} x {} that the network "
                             "sees; it is not resized for this one",
                             picture.width, picture.height, how.side, how.side);
    if (how.padded)
        return {};
    const Sides becomes =
        how.resizes ? resizedSides(picture, how) : Sides{picture.width, picture.height};
    if (becomes.width > kMostResizedPixels / becomes.height)
        return argumentError(
            "a picture of {} x {} would become one of {} x {}; up to {} megapixels "
            "are supported",
            picture.width, picture.height, becomes.width, becomes.height,
            kMostResizedPixels / 1'000'000);
    if (!how.crops && (becomes.width != how.side || becomes.height != how.side))
        return argumentError("a picture of {} x {} becomes one of {} x {}, the network sees {} x "
                             "{}; nothing is cut off for this one",
                             picture.width, picture.height, becomes.width, becomes.height, how.side,
                             how.side);
    return {};
}

std::vector<float> normalised(const PictureView& view, const Preprocessing& how)
{
    const std::int64_t channels = how.channels(), side = how.side;
    const std::int64_t left = middleOf(view.width, how), top = middleOf(view.height, how);
    std::vector<float> out(static_cast<std::size_t>(side * side * channels));
    for (std::int64_t y = 0; y < side; ++y)
        for (std::int64_t x = 0; x < side; ++x)
            for (std::int64_t c = 0; c < channels; ++c) {
                const std::int64_t row = y + top, column = x + left;
                const bool inside =
                    row >= 0 && row < view.height && column >= 0 && column < view.width;
                const std::uint8_t value = inside ? view.values[static_cast<std::size_t>(
                                                        (row * view.width + column) * channels + c)]
                                                  : 0;
                out[static_cast<std::size_t>((y * side + x) * channels + c)] =
                    normalised(static_cast<float>(value) / static_cast<float>(how.divisor),
                               static_cast<std::size_t>(c), how);
            }
    return out;
}

std::string shownList(const std::vector<double>& numbers)
{
    return fmt::format("{}", fmt::join(numbers, ", "));
}

// One mean and deviation for each channel: the values given, or that of all.
Result<void> fitChannels(Preprocessing& how, std::int64_t channels)
{
    if (how.mean.empty())
        how.mean.assign(static_cast<std::size_t>(channels), 0),
            how.deviation.assign(static_cast<std::size_t>(channels), 1);
    if (how.channels() != channels || static_cast<std::int64_t>(how.deviation.size()) != channels)
        return inputError("the network reads pictures of {} channels, there are {} means and {} "
                          "deviations of pixels (\"mean\", \"std\" in config.json; "
                          "\"image_mean\", \"image_std\" in preprocessor_config.json)",
                          channels, how.mean.size(), how.deviation.size());
    for (const double deviation : how.deviation)
        if (!(deviation >= kLeastDeviation))
            return inputError("a deviation of pixels (\"std\", \"image_std\") is {}, it is to be "
                              "above 0, {} at least",
                              deviation, kLeastDeviation);
    return {};
}

Result<Preprocessing> ofProcessor(Preprocessing how, std::int64_t side, std::int64_t channels)
{
    const std::int64_t says = how.side;
    how.side = side;
    if (says > 0 && says != side)
        return inputError("preprocessor_config.json prepares pictures of {0} x {0}, the network "
                          "sees {1} x {1}: \"{2}\" of {1} would fit, or without the file pictures "
                          "are prepared as is usual",
                          says, side, how.crops ? "crop_size" : "size");
    for (std::vector<double>* values : {&how.mean, &how.deviation})
        if (values->size() == 1)
            values->resize(static_cast<std::size_t>(channels), values->front());
    VITRINE_CHECK(fitChannels(how, channels));
    return how;
}

} // namespace

Result<std::vector<float>> prepare(const PictureView& picture, const Preprocessing& how)
{
    VITRINE_CHECK(checkFits(picture, how));
    const std::vector<std::uint8_t> values = withChannels(picture, how.channels());
    const PictureView view{picture.width, picture.height, how.channels(), values};
    if (how.padded || !how.resizes)
        return normalised(view, how);
    const auto [width, height] = resizedSides(view, how);
    const std::vector<std::uint8_t> smaller = resized(view, width, height, how.resampling);
    return normalised({width, height, how.channels(), smaller}, how);
}

Result<std::vector<float>> prepare(std::span<const float> values, const Preprocessing& how)
{
    const auto channels = static_cast<std::size_t>(how.channels());
    if (values.size() != static_cast<std::size_t>(how.side * how.side) * channels)
        return argumentError("{} values are no picture of {} x {} with {} channels", values.size(),
                             how.side, how.side, channels);
    std::vector<float> out(values.size());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = normalised(values[i], i % channels, how);
    return out;
}

Result<Preprocessing> preprocessingOf(const VisionConfig& config, Preprocessing how,
                                      std::int64_t channels, std::vector<std::string>& assumed)
{
    if (config.processor)
        return ofProcessor(*config.processor, how.side, channels);
    if (!config.mean.empty() || !config.deviation.empty())
        how.mean = config.mean, how.deviation = config.deviation;
    else {
        if (channels == 1)
            how.mean = {0.5}, how.deviation = {0.5};
        assumed.push_back(fmt::format("the mean and deviation of pixels ({} and {})",
                                      shownList(how.mean), shownList(how.deviation)));
    }
    VITRINE_CHECK(fitChannels(how, channels));
    how.padded = config.padded;
    if (how.padded)
        return how;
    how.squashed = config.squashed;
    if (config.crop) // timm's: to the whole number below
        how.crop = *config.crop, how.roundsUp = false;
    else
        assumed.push_back(
            fmt::format("how much of the picture is kept ({} of its resized side)", how.crop));
    if (config.resampling)
        how.resampling = *config.resampling;
    else
        assumed.push_back(fmt::format("the filter ({})", resamplingName(how.resampling)));
    if (static_cast<double>(how.side) / how.crop > static_cast<double>(kMostResizedSide))
        return inputError("\"crop_pct\" is {}: pictures would be resized to more than {} pixels",
                          how.crop, kMostResizedSide);
    if (how.resizedSide() < 1)
        return inputError("\"crop_pct\" is {}: nothing would be left of a picture", how.crop);
    return how;
}

} // namespace vitrine::model
