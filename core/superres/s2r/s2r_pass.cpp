#include "core/superres/s2r/s2r_pass.h"

#include "core/superres/s2r/s2r_layers.h"
#include "core/tensor/kernels/rows.h"

#include <algorithm>

namespace vitrine::superres
{
namespace
{

// 0 1 2 1 0 1 ... for three pixels; the only one again and again where there is one.
std::int64_t reflected(std::int64_t at, std::int64_t size)
{
    const std::int64_t period = std::max<std::int64_t>(1, 2 * (size - 1)), in = at % period;
    return std::min(in, period - in) % size;
}

std::int64_t roundedUpTo(std::int64_t multiple, std::int64_t size)
{
    return (size + multiple - 1) / multiple * multiple;
}

class S2rPass
{
public:
    S2rPass(const S2rConfig& config, const S2rWeights& weights, const Image& low,
            const Progress& progress)
        : config_(config),
          w_(weights),
          low_(low),
          progress_(progress),
          map_{roundedUpTo(config.sizes.largestWindow(), low.height),
               roundedUpTo(config.sizes.largestWindow(), low.width)},
          channels_(config.sizes.channels),
          steps_(2.0 * static_cast<double>(weights.elabs.size()) + 2)
    {
    }

    Result<Image> go()
    {
        VITRINE_TRY(std::vector<float> x, convolved(map_, w_.first, padded().data()));
        VITRINE_TRY(const std::vector<float> y, body(x));
        addAfterBody(map_, w_, y.data(), x.data());
        if (config_.sizes.deformable)
            VITRINE_CHECK(deform(map_, w_, x));
        VITRINE_TRY(const std::vector<float> phases, convolved(map_, w_.upsample, x.data()));
        return shuffled(phases);
    }

private:
    // The picture less the mean, with what it is padded with.
    std::vector<float> padded() const
    {
        std::vector<float> x(static_cast<std::size_t>(map_.pixels() * 3));
        for (std::int64_t row = 0; row < map_.height; ++row) {
            const float* from = low_.row(reflected(row, low_.height));
            float* to = x.data() + row * map_.width * 3;
            for (std::int64_t column = 0; column < map_.width; ++column)
                for (std::size_t c = 0; c < 3; ++c)
                    *to++ = from[3 * reflected(column, low_.width) + static_cast<std::int64_t>(c)] -
                            config_.mean[c];
        }
        return x;
    }

    void normalise(const ChannelNorm& norm, std::vector<float>& x) const
    {
        kernels::layerNorm(x.data(), map_.pixels(), channels_, norm.weight.data(), norm.bias.data(),
                           config_.sizes.layerNormEpsilon, x.data());
    }

    bool goesOn() { return !progress_ || progress_(++step_ / steps_); }

    Result<std::vector<float>> body(const std::vector<float>& first)
    {
        std::vector<float> x = first;
        if (config_.sizes.head) {
            normalise(w_.embedNorm, x);
            mobileConvolution(map_, w_.mbConv, x);
        }
        if (!goesOn())
            return cancelled();
        std::vector<float> other(x.size()), qv(2 * x.size());
        for (std::size_t block = 0; block < w_.elabs.size(); ++block) {
            const S2rWeights::Elab& elab = w_.elabs[block];
            const WindowAttention attention{map_, config_.sizes.windows, block % 2 == 1, channels_};
            addLocalFeatures(map_, elab.local[0], x.data(), other.data());
            attention.addFirst(elab.attention[0], other.data(), qv.data());
            if (!goesOn())
                return cancelled();
            addLocalFeatures(map_, elab.local[1], other.data(), x.data());
            attention.addSecond(elab.attention[1], qv.data(), x.data());
            if (!goesOn())
                return cancelled();
        }
        if (config_.sizes.head) {
            normalise(w_.layersNorm, x);
            normalise(w_.norm, x);
        }
        return x;
    }

    // Phases of a colour lie side by side, row by row of the scale x scale new pixels.
    Image shuffled(const std::vector<float>& phases) const
    {
        const std::int64_t scale = config_.sizes.scale;
        Image high = blankImage(low_.width * scale, low_.height * scale);
        for (std::int64_t y = 0; y < high.height; ++y)
            for (std::int64_t x = 0; x < high.width; ++x) {
                const float* from = phases.data() +
                                    ((y / scale) * map_.width + x / scale) * 3 * scale * scale +
                                    (y % scale) * scale + x % scale;
                for (std::int64_t c = 0; c < 3; ++c)
                    high.row(y)[3 * x + c] =
                        from[c * scale * scale] + config_.mean[static_cast<std::size_t>(c)];
            }
        return high;
    }

    const S2rConfig& config_;
    const S2rWeights& w_;
    const Image& low_;
    const Progress& progress_;
    MapSize map_;
    std::int64_t channels_;
    double step_ = 0, steps_;
};

} // namespace

Result<Image> s2rForward(const S2rConfig& config, const S2rWeights& weights, const Image& low,
                         const Progress& progress)
{
    return S2rPass(config, weights, low, progress).go();
}

// The features behind the first convolution, two maps of the body, queries and values, the second
// values, and what attention gives; at the end taps instead.
std::int64_t bytesPerPixel(const model::S2rSizes& sizes)
{
    return 4 * (7 * sizes.channels + 3 * sizes.scale * sizes.scale + 27);
}

} // namespace vitrine::superres
