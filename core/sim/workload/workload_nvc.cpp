// The decoder side of a P frame of the small codec, profile mini: features of 64 channels at an
// eighth of the size, latents at a sixteenth.
#include "core/sim/workload/window_attention.h"
#include "core/sim/workload/workloads.h"

namespace vitrine::sim
{

namespace
{

constexpr std::int64_t kFeatures = 64, kMotion = 48, kMotionLatent = 32, kHyper = 32;
constexpr std::int64_t kNvcWindow = 64, kNvcHeads = 4, kGroups = 2;

class Mini
{
public:
    Mini(std::int64_t width, std::int64_t height) : width_(width), height_(height) {}

    Workload build()
    {
        group("FE"); // of the frame before
        conv("dn1", 3, 16, 2, 2);
        conv("dn2", 16, 32, 4, 2);
        conv("dn3", 32, kFeatures, 8, 2);
        hyper("MOT.hyper", kMotionLatent);
        decoder("MOT", kMotionLatent, kMotion, kMotion);
        group("DC");
        conv("offset", kMotion, 2 + 27 * kGroups, 8);
        conv("deform", kFeatures, kFeatures, 8).shape.kind = LayerKind::deformable;
        conv("refine", kFeatures, kFeatures, 8);
        pointwise("refine1", kFeatures, kFeatures, 8);
        hyper("RES.hyper", kFeatures);
        decoder("RES", kFeatures, kFeatures, kFeatures);
        group("REC");
        residual(kFeatures, 8);
        deconv("up4", kFeatures, 32, 8);
        deconv("up2", 32, 16, 4);
        deconv("up1", 16, 3, 2);
        return std::move(workload_);
    }

private:
    void group(const std::string& name)
    {
        group_ = name;
        ++chain_;
    }

    void decoder(const char* name, std::int64_t latent, std::int64_t inner, std::int64_t out)
    {
        group(name);
        deconv("up", latent, inner, 16);
        residual(inner, 8);
        attention("swin0", inner);
        attention("swin1", inner);
        pointwise("out", inner, out, 8);
    }

    // Means and scales of a latent, from a quarter of its size.
    void hyper(const char* name, std::int64_t latent)
    {
        group(name);
        deconv("up32", kHyper, kHyper, 64);
        deconv("up16", kHyper, kHyper, 32);
        conv("out", kHyper, 2 * latent, 16);
    }

    void residual(std::int64_t channels, std::int64_t divisor)
    {
        conv("res.0", channels, channels, divisor);
        conv("res.1", channels, channels, divisor);
    }

    Layer& conv(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t divisor,
                std::int64_t stride = 1, std::int64_t kernel = 3)
    {
        const std::int64_t h = ceilDivide(height_, divisor), w = ceilDivide(width_, divisor);
        model::LayerShape s;
        s.kind = LayerKind::conv;
        s.conv = {in, h * stride, w * stride, out, h, w, kernel, kernel, stride, stride, 1};
        s.m = h * w;
        s.n = out;
        s.k = kernel * kernel * in;
        s.weights = true;
        return add(name, std::move(s));
    }

    void pointwise(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t divisor)
    {
        conv(name, in, out, divisor, 1, 1);
    }

    // 4x4, stride 2: every input pixel meets the whole kernel.
    void deconv(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t divisor)
    {
        const std::int64_t h = ceilDivide(height_, divisor), w = ceilDivide(width_, divisor);
        model::LayerShape s;
        s.kind = LayerKind::deconv;
        s.conv = {in, h, w, out, 2 * h, 2 * w, 4, 4, 2, 2, 1};
        s.m = h * w;
        s.n = 16 * out;
        s.k = in;
        s.weights = true;
        add(name, std::move(s));
    }

    // Windows of 8x8 over the features; stays on chip as one.
    void attention(const std::string& name, std::int64_t channels)
    {
        unit_ = ++units_;
        for (auto& [part, shape] :
             windowAttention(height_ / 8 * (width_ / 8), channels, kNvcHeads, kNvcWindow))
            add(name + part, std::move(shape));
        unit_ = 0;
    }

    Layer& add(const std::string& name, model::LayerShape shape)
    {
        shape.module = group_;
        shape.name = group_ + "." + name;
        Layer layer{.shape = std::move(shape)};
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

Workload nvcMini(std::int64_t width, std::int64_t height)
{
    Workload workload = Mini(width, height).build();
    workload.name = fmt::format("nvc-mini@{}x{}", width, height);
    workload.title =
        fmt::format("Small codec, profile mini, {} x {}, decoding a P frame", width, height);
    return workload;
}

} // namespace vitrine::sim
