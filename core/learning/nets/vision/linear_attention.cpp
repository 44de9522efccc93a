#include "core/learning/nets/vision/linear_attention.h"

#include "core/learning/nets/vision/linear_attention_loop.h"

namespace vitrine::learning
{
namespace
{

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

loops::LinearAttentionShape shapeOfHeads(const Tensor& qkv, int64_t size, double epsilon)
{
    return {qkv.size(0) * qkv.size(1) / (3 * size), size, qkv.size(2) * qkv.size(3),
            static_cast<float>(epsilon)};
}

struct FusedLinearAttention : torch::autograd::Function<FusedLinearAttention> {
    static Tensor forward(AutogradContext* context, Tensor qkv, int64_t size, double epsilon)
    {
        qkv = qkv.contiguous();
        Tensor y =
            torch::empty({qkv.size(0), qkv.size(1) / 3, qkv.size(2), qkv.size(3)}, qkv.options());
        loops::linearAttention(shapeOfHeads(qkv, size, epsilon), qkv.data_ptr<float>(),
                               y.data_ptr<float>());
        context->save_for_backward({qkv, y});
        context->saved_data["size"] = size;
        context->saved_data["epsilon"] = epsilon;
        return y;
    }

    static tensor_list backward(AutogradContext* context, tensor_list gradients)
    {
        const auto saved = context->get_saved_variables();
        const Tensor &qkv = saved[0], &y = saved[1];
        const Tensor dy = gradients[0].contiguous();
        Tensor dQkv = torch::empty_like(qkv);
        const auto shape = shapeOfHeads(qkv, context->saved_data["size"].toInt(),
                                        context->saved_data["epsilon"].toDouble());
        loops::linearAttentionBackward(shape, qkv.data_ptr<float>(), y.data_ptr<float>(),
                                       dy.data_ptr<float>(), dQkv.data_ptr<float>());
        return {dQkv, Tensor(), Tensor()};
    }
};

} // namespace

Tensor plainLinearAttention(const Tensor& qkv, int64_t size, double epsilon)
{
    const int64_t batch = qkv.size(0), heads = qkv.size(1) / (3 * size);
    const auto parts = qkv.reshape({batch, heads, 3, size, -1}).unbind(2);
    const Tensor q = torch::relu(parts[0]), k = torch::relu(parts[1]);
    const Tensor v = torch::constant_pad_nd(parts[2], {0, 0, 0, 1}, 1.0);
    const Tensor o = torch::matmul(torch::matmul(v, k.mT()), q);
    const Tensor y = o.narrow(2, 0, size) / (o.narrow(2, size, 1) + epsilon);
    return y.reshape({batch, heads * size, qkv.size(2), qkv.size(3)});
}

Tensor linearAttention(const Tensor& qkv, int64_t size, double epsilon)
{
    if (qkv.is_cpu() && qkv.scalar_type() == torch::kFloat)
        return FusedLinearAttention::apply(qkv, size, epsilon);
    return plainLinearAttention(qkv, size, epsilon);
}

} // namespace vitrine::learning
