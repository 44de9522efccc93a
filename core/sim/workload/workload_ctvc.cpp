#include "core/sim/workload/window_attention.h"
#include "core/sim/workload/workloads.h"

namespace vitrine::sim
{

namespace
{

constexpr std::int64_t kChannels = 36, kCtvcWindow = 64, kCtvcHeads = 4;

class Builder
{
public:
    Builder(std::int64_t width, std::int64_t height) : width_(width), height_(height) {}

    Workload build()
    {
        group("FE");
        conv("conv", 3, kChannels, 2, 2).fromOutside = true; // of the reference frame
        residual("res", 2).toOutside = true;
        decoder("MOT");
        group("DC");
        conv("offset", kChannels, 72, 2).fromOutside = true;
        conv("deform", kChannels, kChannels, 2).shape.kind = LayerKind::deformable;
        conv("refine", kChannels, kChannels, 2);
        decoder("RES");
        group("REC");
        residual("res", 2);
        deconv("up", kChannels, 3, 2).toOutside = true;
        return std::move(workload_);
    }

private:
    void group(const char* name)
    {
        group_ = name;
        ++chain_;
    }

    // Latents at 1/16 up to features at 1/2.
    void decoder(const char* name)
    {
        group(name);
        deconv("up8", kChannels, kChannels, 16).fromOutside = true;
        residual("res8", 8);
        attention("am8.0", 8);
        attention("am8.1", 8);
        deconv("up4", kChannels, kChannels, 8);
        residual("res4", 4);
        attention("am4.0", 4);
        attention("am4.1", 4);
        deconv("up2", kChannels, kChannels, 4);
    }

    Layer& residual(const std::string& name, std::int64_t divisor)
    {
        conv(name + ".0", kChannels, kChannels, divisor);
        return conv(name + ".1", kChannels, kChannels, divisor);
    }

    Layer& conv(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t divisor,
                std::int64_t stride = 1)
    {
        model::LayerShape s;
        s.kind = LayerKind::conv;
        s.conv = {in,
                  height_ / divisor * stride,
                  width_ / divisor * stride,
                  out,
                  height_ / divisor,
                  width_ / divisor,
                  3,
                  3,
                  stride,
                  stride,
                  1};
        s.m = s.conv.outHeight * s.conv.outWidth;
        s.n = out;
        s.k = 9 * in;
        s.weights = true;
        return add(name, std::move(s));
    }

    // 4x4, stride 2: every input pixel meets the whole kernel.
    Layer& deconv(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t divisor)
    {
        model::LayerShape s;
        s.kind = LayerKind::deconv;
        s.conv = {in,
                  height_ / divisor,
                  width_ / divisor,
                  out,
                  2 * height_ / divisor,
                  2 * width_ / divisor,
                  4,
                  4,
                  2,
                  2,
                  1};
        // m counts input pixels, so that four phases of 2x2 taps on four output pixels are 16 taps
        // per input pixel.
        s.m = s.conv.inHeight * s.conv.inWidth;
        s.n = 16 * out;
        s.k = in;
        s.weights = true;
        return add(name, std::move(s));
    }

    // Windows of 8x8, 4 heads: one unit that stays on chip.
    void attention(const std::string& name, std::int64_t divisor)
    {
        const std::int64_t height = height_ / divisor, width = width_ / divisor;
        unit_ = ++units_;
        auto parts = windowAttention(height * width, kChannels, kCtvcHeads, kCtvcWindow);
        // The map of the first, for the rows that a chain keeps.
        parts.front().second.conv = {kChannels, height, width, 3 * kChannels, height, width, 1, 1,
                                     1,         1,      1};
        for (auto& [part, shape] : parts)
            add(name + part, std::move(shape));
        unit_ = 0;
    }

    Layer& add(const std::string& name, model::LayerShape shape)
    {
        shape.module = group_;
        shape.name = group_ + "." + name;
        Layer layer{.shape = std::move(shape)};
        layer.bitsIn = layer.bitsOut = 12;
        layer.bitsWeight = 16;
        layer.unit = unit_;
        layer.chain = chain_;
        workload_.layers.push_back(std::move(layer));
        return workload_.layers.back();
    }

    std::int64_t width_, height_;
    std::string group_;
    int chain_ = 0, unit_ = 0, units_ = 0;
    Workload workload_;
};

} // namespace

Workload ctvcReference(std::int64_t width, std::int64_t height)
{
    Workload workload = Builder(width, height).build();
    workload.name = "ctvc-ref@1080p";
    workload.title =
        fmt::format("CTVC reference network, {} x {}, decoding a P frame", width, height);
    return workload;
}

} // namespace vitrine::sim
