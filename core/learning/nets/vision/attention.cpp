#include "core/learning/nets/vision/attention.h"

#include "core/learning/nets/vision/attention_loop.h"

#include <cmath>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

loops::ImageAttentionShape shapeOfQkv(const Tensor& qkv, int64_t heads)
{
    return {qkv.size(0), qkv.size(1), heads, qkv.size(2) / (3 * heads)};
}

struct FusedImageAttention : torch::autograd::Function<FusedImageAttention> {
    static Tensor forward(AutogradContext* context, Tensor qkv, int64_t heads)
    {
        qkv = qkv.contiguous();
        const auto shape = shapeOfQkv(qkv, heads);
        Tensor maps = torch::empty({shape.batch, heads, shape.tokens, shape.tokens}, qkv.options());
        Tensor y = torch::empty({shape.batch, shape.tokens, heads * shape.size}, qkv.options());
        loops::imageAttention(shape, qkv.data_ptr<float>(), maps.data_ptr<float>(),
                              y.data_ptr<float>());
        context->save_for_backward({qkv, maps});
        context->saved_data["heads"] = heads;
        return y;
    }

    static tensor_list backward(AutogradContext* context, tensor_list gradients)
    {
        const auto saved = context->get_saved_variables();
        const Tensor &qkv = saved[0], &maps = saved[1];
        const Tensor dy = gradients[0].contiguous();
        Tensor dQkv = torch::empty_like(qkv);
        loops::imageAttentionBackward(shapeOfQkv(qkv, context->saved_data["heads"].toInt()),
                                      qkv.data_ptr<float>(), maps.data_ptr<float>(),
                                      dy.data_ptr<float>(), dQkv.data_ptr<float>());
        return {dQkv, Tensor()};
    }
};

} // namespace

std::vector<Tensor> splitHeads(const Tensor& qkv, int64_t heads)
{
    const int64_t size = qkv.size(2) / (3 * heads);
    return qkv.view({qkv.size(0), qkv.size(1), 3, heads, size}).permute({2, 0, 3, 1, 4}).unbind(0);
}

Tensor mergeHeads(const Tensor& perHead)
{
    return perHead.transpose(1, 2).reshape(
        {perHead.size(0), perHead.size(2), perHead.size(1) * perHead.size(3)});
}

Tensor plainImageAttention(const Tensor& qkv, int64_t heads)
{
    const auto parts = splitHeads(qkv, heads);
    const double scale = 1.0 / std::sqrt(static_cast<double>(parts[0].size(-1)));
    const Tensor map = torch::softmax(torch::matmul(parts[0] * scale, parts[1].mT()), -1);
    return mergeHeads(torch::matmul(map, parts[2]));
}

Tensor imageAttention(const Tensor& qkv, int64_t heads)
{
    if (qkv.is_cpu() && qkv.scalar_type() == torch::kFloat)
        return FusedImageAttention::apply(qkv, heads);
    return plainImageAttention(qkv, heads);
}

} // namespace vitrine::learning
