// The ways to enlarge that learned nothing.
#include "core/base/registry.h"
#include "core/superres/picture/cv_resampling.h"
#include "core/superres/picture/resampling.h"
#include "core/superres/upscale/upscaler.h"

namespace vitrine::superres
{
namespace
{

struct Interpolation {
    const char *id, *title, *about;
    std::int64_t taps; // along one axis
    std::vector<std::string> notes;
    Image (*enlarged)(const Image& low, std::int64_t width, std::int64_t height);
};

template <Filter filter>
Image byFilter(const Image& low, std::int64_t width, std::int64_t height)
{
    return resampled(low, width, height, filter);
}

template <CvFilter filter>
Image byOpenCv(const Image& low, std::int64_t width, std::int64_t height)
{
    return imageOf(resizedByOpenCv(pictureOf(low), width, height, filter));
}

class Interpolator : public Upscaler
{
public:
    Interpolator(Interpolation way, std::int64_t scale) : way_(std::move(way)), scale_(scale) {}

    std::int64_t scale() const override { return scale_; }

    // First along the columns, to `scale` rows, then along these.
    double macsPerPixel() const override
    {
        return static_cast<double>(3 * way_.taps * (scale_ + scale_ * scale_));
    }

    std::vector<std::string> notes() const override { return way_.notes; }

    Result<Enlarged> enlarged(const Image& low, const Progress& progress) const override
    {
        const std::int64_t width = low.width * scale_, height = low.height * scale_;
        if (width > kMostPixels / height)
            return inputError("{} x {} pixels enlarged {} times are more than {} million",
                              low.width, low.height, scale_, kMostPixels / 1'000'000);
        if (progress && !progress(0.0))
            return cancelled();
        Enlarged result{way_.enlarged(low, width, height), 0, 1};
        if (progress && !progress(1.0))
            return cancelled();
        return result;
    }

private:
    Interpolation way_;
    std::int64_t scale_;
};

UpscalingMethod methodOf(const Interpolation& way)
{
    return {way.id,
            way.title,
            way.about,
            {2, 3, 4},
            {},
            [way](std::int64_t scale,
                  const std::filesystem::path&) -> Result<std::shared_ptr<const Upscaler>> {
                if (scale < 2 || scale > 4)
                    return argumentError("{} enlarges 2, 3 or 4 times, not {}", way.id, scale);
                return std::make_shared<Interpolator>(way, scale);
            }};
}

const char* const kFixedPoint =
    "OpenCV computes it on 8-bit pictures with fixed-point weights: the picture is rounded before";

const Registry<UpscalingMethod>::Adds kAddsNearest(10, [] {
    return methodOf({"nearest",
                     "Nearest pixel",
                     "Each pixel becomes a square",
                     1,
                     {},
                     byFilter<Filter::nearest>});
});
const Registry<UpscalingMethod>::Adds kAddsBilinear(15, [] {
    return methodOf({"bilinear",
                     "Bilinear",
                     "Straight lines between neighbouring pixels",
                     2,
                     {},
                     byFilter<Filter::bilinear>});
});
const Registry<UpscalingMethod>::Adds kAddsBicubic(20, [] {
    return methodOf({"bicubic",
                     "Bicubic",
                     "Keys' cubic kernel with a = -1/2, as MATLAB's imresize: the usual baseline",
                     4,
                     {},
                     byFilter<Filter::bicubic>});
});
const Registry<UpscalingMethod>::Adds kAddsLanczos(30, [] {
    return methodOf({"lanczos",
                     "Lanczos",
                     "A windowed sinc of six pixels (Lanczos3)",
                     6,
                     {},
                     byFilter<Filter::lanczos3>});
});
const Registry<UpscalingMethod>::Adds kAddsCvCubic(40, [] {
    return methodOf({"cv-cubic",
                     "OpenCV cubic",
                     "cv::resize, INTER_CUBIC: a cubic kernel with a = -3/4",
                     4,
                     {kFixedPoint},
                     byOpenCv<CvFilter::cubic>});
});
const Registry<UpscalingMethod>::Adds kAddsCvLanczos(50, [] {
    return methodOf({"cv-lanczos4",
                     "OpenCV Lanczos4",
                     "cv::resize, INTER_LANCZOS4: a windowed sinc of eight pixels",
                     8,
                     {kFixedPoint},
                     byOpenCv<CvFilter::lanczos4>});
});

} // namespace
} // namespace vitrine::superres
