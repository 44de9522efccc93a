#include "tests/bench/torch_vision.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <cmath>

namespace vitrine::bench
{
namespace
{

class TorchNetwork : public TorchVision
{
public:
    TorchNetwork(const VisionTensors& tensors, std::vector<std::int64_t> depths, std::int64_t heads,
                 int threads)
        : depths_(std::move(depths)), heads_(heads), threads_(threads)
    {
        for (const auto& [name, tensor] : tensors)
            tensors_[name] =
                at::from_blob(const_cast<float*>(tensor.values.data()), tensor.shape, at::kFloat)
                    .clone();
    }

    std::span<const float> run(std::span<const float> picture) override
    {
        const c10::InferenceMode inference;
        at::set_num_threads(threads_);
        const auto side = static_cast<std::int64_t>(
            std::lround(std::sqrt(static_cast<double>(picture.size() / 3))));
        const at::Tensor x =
            at::from_blob(const_cast<float*>(picture.data()), {1, side, side, 3}, at::kFloat)
                .permute({0, 3, 1, 2})
                .contiguous();
        logits_ = logits(x).contiguous();
        return {logits_.data_ptr<float>(), static_cast<std::size_t>(logits_.numel())};
    }

protected:
    virtual at::Tensor logits(const at::Tensor& picture) = 0;

    at::Tensor get(const std::string& name) const
    {
        const auto found = tensors_.find(name);
        return found == tensors_.end() ? at::Tensor() : found->second;
    }
    at::Tensor linear(const at::Tensor& x, const std::string& name) const
    {
        return at::linear(x, get(name + ".weight"), get(name + ".bias"));
    }
    at::Tensor norm(const at::Tensor& x, const std::string& name, double epsilon) const
    {
        const at::Tensor weight = get(name + ".weight");
        return at::layer_norm(x, weight.sizes(), weight, get(name + ".bias"), epsilon);
    }

    std::vector<std::int64_t> depths_;
    std::int64_t heads_;

private:
    int threads_;
    std::map<std::string, at::Tensor> tensors_;
    at::Tensor logits_;
};

class TorchDeit final : public TorchNetwork
{
public:
    using TorchNetwork::TorchNetwork;

private:
    at::Tensor logits(const at::Tensor& picture) override
    {
        const at::Tensor kernel = get("patch_embed.proj.weight");
        at::Tensor x = at::conv2d(picture, kernel, get("patch_embed.proj.bias"), kernel.size(2));
        x = x.flatten(2).transpose(1, 2);
        x = at::cat({get("cls_token"), x}, 1) + get("pos_embed");
        for (std::int64_t block = 0; block < depths_[0]; ++block) {
            const std::string name = "blocks." + std::to_string(block);
            x = x + attention(norm(x, name + ".norm1", 1e-6), name + ".attn");
            const at::Tensor hidden =
                at::gelu(linear(norm(x, name + ".norm2", 1e-6), name + ".mlp.fc1"));
            x = x + linear(hidden, name + ".mlp.fc2");
        }
        return linear(norm(x, "norm", 1e-6).select(1, 0), "head");
    }

    at::Tensor attention(const at::Tensor& x, const std::string& name) const
    {
        const std::int64_t tokens = x.size(1), width = x.size(2), dim = width / heads_;
        const auto parts = linear(x, name + ".qkv")
                               .view({tokens, 3, heads_, dim})
                               .permute({1, 2, 0, 3})
                               .contiguous()
                               .unbind(0);
        const at::Tensor weights = at::softmax(at::matmul(parts[0], parts[1].transpose(1, 2)) /
                                                   std::sqrt(static_cast<double>(dim)),
                                               -1);
        const at::Tensor mixed =
            at::matmul(weights, parts[2]).transpose(0, 1).reshape({1, tokens, width});
        return linear(mixed, name + ".proj");
    }
};

class TorchEfficientVit final : public TorchNetwork
{
public:
    using TorchNetwork::TorchNetwork;

private:
    at::Tensor conv(const at::Tensor& x, const std::string& name, std::int64_t stride,
                    bool activation) const
    {
        const at::Tensor kernel = get(name + ".weight");
        const std::int64_t groups = x.size(1) / kernel.size(1);
        at::Tensor y = at::conv2d(x, kernel, get(name + ".bias"), {stride, stride},
                                  {kernel.size(2) / 2, kernel.size(2) / 2}, {1, 1}, groups);
        return activation ? at::hardswish_(y) : y;
    }
    at::Tensor mbconv(at::Tensor x, const std::string& name, std::int64_t stride) const
    {
        x = conv(x, name + ".inverted_conv.conv", 1, true);
        x = conv(x, name + ".depth_conv.conv", stride, true);
        return conv(x, name + ".point_conv.conv", 1, false);
    }
    at::Tensor liteMla(const at::Tensor& x, const std::string& name) const
    {
        const at::Tensor qkv = conv(x, name + ".qkv.conv", 1, false);
        const at::Tensor aggregated =
            conv(conv(qkv, name + ".aggreg.0.0", 1, false), name + ".aggreg.0.1", 1, false);
        const at::Tensor both = at::cat({qkv, aggregated}, 1);
        const std::int64_t pixels = x.size(2) * x.size(3), dim = heads_;
        const auto parts = both.reshape({both.size(1) / (3 * dim), 3 * dim, pixels}).split(dim, 1);
        const at::Tensor q = at::relu(parts[0]), k = at::relu(parts[1]);
        const at::Tensor v = at::constant_pad_nd(parts[2], {0, 0, 0, 1}, 1.0);
        const at::Tensor out = at::matmul(at::matmul(v, k.transpose(1, 2)), q);
        const at::Tensor divided = out.slice(1, 0, dim) / (out.slice(1, dim) + 1e-15);
        return conv(divided.reshape({1, -1, x.size(2), x.size(3)}), name + ".proj.conv", 1, false);
    }
    at::Tensor logits(const at::Tensor& picture) override
    {
        at::Tensor x = conv(picture, "stem.in_conv.conv", 2, true);
        for (std::int64_t i = 0; i < depths_[0]; ++i) {
            const std::string name = "stem.res" + std::to_string(i) + ".main";
            x = x + conv(conv(x, name + ".depth_conv.conv", 1, true), name + ".point_conv.conv", 1,
                         false);
        }
        for (std::size_t stage = 1; stage < depths_.size(); ++stage) {
            const auto block = [&](std::int64_t i) {
                return "stages." + std::to_string(stage - 1) + ".blocks." + std::to_string(i);
            };
            x = mbconv(x, block(0) + ".main", 2);
            for (std::int64_t i = 1; i < depths_[stage] + (stage >= 3 ? 1 : 0); ++i) {
                if (stage >= 3)
                    x = x + liteMla(x, block(i) + ".context_module.main");
                x = x + mbconv(x, block(i) + (stage >= 3 ? ".local_module.main" : ".main"), 1);
            }
        }
        x = conv(x, "head.in_conv.conv", 1, true).mean({2, 3});
        x = norm(linear(x, "head.classifier.0"), "head.classifier.1", 1e-5);
        return linear(at::hardswish(x), "head.classifier.4");
    }
};

} // namespace
} // namespace vitrine::bench

extern "C" __attribute__((visibility("default"))) vitrine::bench::TorchVision*
vitrineMakeTorchVision(const vitrine::bench::VisionTensors& tensors, bool efficientVit,
                       const std::vector<std::int64_t>& depths, std::int64_t heads, int threads)
{
    using namespace vitrine::bench;
    if (efficientVit)
        return new TorchEfficientVit(tensors, depths, heads, threads);
    return new TorchDeit(tensors, depths, heads, threads);
}
