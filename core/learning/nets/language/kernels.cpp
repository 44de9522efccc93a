#include "core/learning/nets/language/kernels.h"

#include "core/learning/nets/language/loops.h"

#include <cmath>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;

bool runsFused(const Tensor& x)
{
    return x.is_cpu() && x.scalar_type() == torch::kFloat;
}

const float* in(const Tensor& t)
{
    return t.data_ptr<float>();
}

float* out(Tensor& t)
{
    return t.data_ptr<float>();
}

struct RmsNorm : Function<RmsNorm> {
    static Tensor forward(AutogradContext* context, Tensor x, Tensor weight, double epsilon)
    {
        x = x.contiguous();
        const int64_t width = x.size(-1), rows = x.numel() / width;
        Tensor y = torch::empty_like(x), inverse = torch::empty({rows}, x.options());
        loops::rmsNorm(in(x), in(weight), rows, width, static_cast<float>(epsilon), out(y),
                       out(inverse));
        context->save_for_backward({x, weight, inverse});
        return y;
    }

    static tensor_list backward(AutogradContext* context, tensor_list gradients)
    {
        const auto saved = context->get_saved_variables();
        const Tensor &x = saved[0], &weight = saved[1], &inverse = saved[2];
        const Tensor dy = gradients[0].contiguous();
        Tensor dx = torch::empty_like(x), dWeight = torch::zeros_like(weight);
        loops::rmsNormBackward(in(x), in(weight), in(inverse), in(dy), inverse.numel(), x.size(-1),
                               out(dx), out(dWeight));
        return {dx, dWeight, Tensor()};
    }
};

struct SwiGlu : Function<SwiGlu> {
    static Tensor forward(AutogradContext* context, Tensor gateUp)
    {
        gateUp = gateUp.contiguous();
        auto shape = gateUp.sizes().vec();
        shape.back() /= 2;
        Tensor y = torch::empty(shape, gateUp.options());
        loops::swiGlu(in(gateUp), y.numel() / shape.back(), shape.back(), out(y));
        context->save_for_backward({gateUp});
        return y;
    }

    static tensor_list backward(AutogradContext* context, tensor_list gradients)
    {
        const Tensor gateUp = context->get_saved_variables()[0];
        const Tensor dy = gradients[0].contiguous();
        Tensor dGateUp = torch::empty_like(gateUp);
        loops::swiGluBackward(in(gateUp), in(dy), dy.numel() / dy.size(-1), dy.size(-1),
                              out(dGateUp));
        return {dGateUp};
    }
};

struct Attention : Function<Attention> {
    static Tensor forward(AutogradContext* context, Tensor qkv, Tensor cosine, Tensor sine,
                          int64_t heads)
    {
        qkv = qkv.contiguous();
        const loops::AttentionShape shape{qkv.size(0), qkv.size(1), heads,
                                          qkv.size(2) / (3 * heads)};
        const auto options = qkv.options();
        Tensor rotated = torch::empty({3, shape.batch, heads, shape.tokens, shape.size}, options);
        Tensor maps = torch::empty({shape.batch, heads, shape.tokens, shape.tokens}, options);
        Tensor y = torch::empty({shape.batch, shape.tokens, heads * shape.size}, options);
        loops::attention(shape, in(qkv), in(cosine), in(sine), out(rotated), out(maps), out(y));
        context->save_for_backward({rotated, maps, cosine, sine});
        return y;
    }

    static tensor_list backward(AutogradContext* context, tensor_list gradients)
    {
        const auto saved = context->get_saved_variables();
        const Tensor &rotated = saved[0], &maps = saved[1], &cosine = saved[2], &sine = saved[3];
        const Tensor dy = gradients[0].contiguous();
        const loops::AttentionShape shape{rotated.size(1), rotated.size(3), rotated.size(2),
                                          rotated.size(4)};
        Tensor dQkv =
            torch::empty({shape.batch, shape.tokens, 3 * shape.heads * shape.size}, dy.options());
        loops::attentionBackward(shape, in(rotated), in(maps), in(cosine), in(sine), in(dy),
                                 out(dQkv));
        return {dQkv, Tensor(), Tensor(), Tensor()};
    }
};

// The logits of all rows never exist at once, and the gradient is made while a block of them is in
// the cache.
struct NextTokenLoss : Function<NextTokenLoss> {
    static Tensor forward(AutogradContext* context, Tensor hidden, Tensor embedding, Tensor targets,
                          bool wantsGradient)
    {
        constexpr int64_t kRows = 256;
        hidden = hidden.contiguous();
        const int64_t rows = hidden.size(0), classes = embedding.size(0);
        Tensor dHidden = wantsGradient ? torch::empty_like(hidden) : Tensor();
        Tensor dEmbedding = wantsGradient ? torch::zeros_like(embedding) : Tensor();
        Tensor logits = torch::empty({std::min(kRows, rows), classes}, hidden.options());
        double sum = 0.0;
        for (int64_t first = 0; first < rows; first += kRows) {
            const int64_t count = std::min(kRows, rows - first);
            const Tensor part = hidden.narrow(0, first, count);
            Tensor block = logits.narrow(0, 0, count);
            at::mm_out(block, part, embedding.t());
            sum += loops::crossEntropy(out(block), targets.data_ptr<int64_t>() + first, count,
                                       classes, 1.0f / static_cast<float>(rows));
            if (!wantsGradient)
                continue;
            Tensor dPart = dHidden.narrow(0, first, count);
            at::mm_out(dPart, block, embedding);
            dEmbedding.addmm_(block.t(), part);
        }
        if (wantsGradient)
            context->save_for_backward({dHidden, dEmbedding});
        return torch::tensor(static_cast<float>(sum / static_cast<double>(rows)), hidden.options());
    }

    static tensor_list backward(AutogradContext* context, tensor_list gradients)
    {
        const auto saved = context->get_saved_variables();
        const Tensor& scale = gradients[0];
        if (scale.item<float>() == 1.0f)
            return {saved[0], saved[1], Tensor(), Tensor()};
        return {saved[0] * scale, saved[1] * scale, Tensor(), Tensor()};
    }
};

Tensor rotate(const Tensor& x, const RotaryTable& rotary) // x: batch x heads x tokens x size
{
    const int64_t tokens = x.size(2), half = x.size(3) / 2;
    const Tensor cosine = rotary.cosine.narrow(0, 0, tokens),
                 sine = rotary.sine.narrow(0, 0, tokens);
    const Tensor a = x.narrow(3, 0, half), b = x.narrow(3, half, half);
    return torch::cat({a * cosine - b * sine, b * cosine + a * sine}, 3);
}

std::vector<Tensor> rotatedHeads(const Tensor& qkv, int64_t heads, const RotaryTable& rotary)
{
    const int64_t batch = qkv.size(0), tokens = qkv.size(1), size = qkv.size(2) / (3 * heads);
    const Tensor parts = qkv.view({batch, tokens, 3, heads, size}).permute({2, 0, 3, 1, 4});
    return {rotate(parts[0], rotary), rotate(parts[1], rotary), parts[2]};
}

Tensor causalSoftmax(const Tensor& q, const Tensor& k)
{
    const int64_t tokens = q.size(2);
    const Tensor scores =
        torch::matmul(q, k.transpose(2, 3)) / std::sqrt(static_cast<double>(q.size(3)));
    const Tensor future = torch::ones({tokens, tokens}, q.options().dtype(torch::kBool)).triu(1);
    return scores.masked_fill(future, -1e30).softmax(-1);
}

} // namespace

RotaryTable rotaryTable(int64_t positions, int64_t headSize, double theta, torch::Device device)
{
    const auto options = torch::TensorOptions(torch::kDouble);
    const Tensor frequency =
        torch::pow(theta, -torch::arange(0, headSize, 2, options) / double(headSize));
    const Tensor angle = torch::outer(torch::arange(positions, options), frequency);
    return {angle.cos().to(torch::kFloat).to(device), angle.sin().to(torch::kFloat).to(device)};
}

Tensor rmsNorm(const Tensor& x, const Tensor& weight, double epsilon)
{
    return runsFused(x) ? RmsNorm::apply(x, weight, epsilon) : plain::rmsNorm(x, weight, epsilon);
}

Tensor swiGlu(const Tensor& gateUp)
{
    return runsFused(gateUp) ? SwiGlu::apply(gateUp) : plain::swiGlu(gateUp);
}

Tensor causalAttention(const Tensor& qkv, int64_t heads, const RotaryTable& rotary)
{
    if (!runsFused(qkv))
        return plain::causalAttention(qkv, heads, rotary);
    return Attention::apply(qkv, rotary.cosine, rotary.sine, heads);
}

Tensor nextTokenLoss(const Tensor& hidden, const Tensor& embedding, const Tensor& targets)
{
    if (!runsFused(hidden))
        return plain::nextTokenLoss(hidden, embedding, targets);
    const bool wantsGradient =
        torch::GradMode::is_enabled() && (hidden.requires_grad() || embedding.requires_grad());
    return NextTokenLoss::apply(hidden, embedding, targets, wantsGradient);
}

namespace plain
{

Tensor rmsNorm(const Tensor& x, const Tensor& weight, double epsilon)
{
    return x * torch::rsqrt(x.square().mean(-1, true) + epsilon) * weight;
}

Tensor swiGlu(const Tensor& gateUp)
{
    const auto halves = gateUp.chunk(2, -1);
    return torch::silu(halves[0]) * halves[1];
}

Tensor attentionMaps(const Tensor& qkv, int64_t heads, const RotaryTable& rotary)
{
    const auto parts = rotatedHeads(qkv, heads, rotary);
    return causalSoftmax(parts[0], parts[1]);
}

Tensor causalAttention(const Tensor& qkv, int64_t heads, const RotaryTable& rotary)
{
    const auto parts = rotatedHeads(qkv, heads, rotary);
    const Tensor y = torch::matmul(causalSoftmax(parts[0], parts[1]), parts[2]);
    return y.transpose(1, 2).reshape({qkv.size(0), qkv.size(1), qkv.size(2) / 3});
}

Tensor nextTokenLoss(const Tensor& hidden, const Tensor& embedding, const Tensor& targets)
{
    return torch::cross_entropy_loss(torch::matmul(hidden, embedding.t()), targets);
}

} // namespace plain

} // namespace vitrine::learning
