#include "core/learning/nets/codec/warp.h"

#include "core/learning/nets/codec/bilinear.h"

namespace vitrine::learning::codec
{

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace
{

struct WarpShape {
    int64_t pictures, channels, height, width;

    explicit WarpShape(const Tensor& x)
        : pictures(x.size(0)), channels(x.size(1)), height(x.size(2)), width(x.size(3))
    {
    }
    int64_t plane() const { return height * width; }
};

// Calls visit(picture, pixel, point) for every pixel.
template <typename T, typename Visit>
void forWarpPoints(const WarpShape& shape, const T* flow, Visit visit)
{
    for (int64_t n = 0; n < shape.pictures; ++n) {
        const T *dx = flow + n * 2 * shape.plane(), *dy = dx + shape.plane();
        for (int64_t y = 0, pixel = 0; y < shape.height; ++y)
            for (int64_t x = 0; x < shape.width; ++x, ++pixel)
                visit(n, pixel,
                      SamplePoint<T>(static_cast<T>(x) + dx[pixel], static_cast<T>(y) + dy[pixel],
                                     shape.height, shape.width));
    }
}

template <typename T>
void warpForward(const WarpShape& shape, const T* x, const T* flow, T* y)
{
    forWarpPoints(shape, flow, [&](int64_t n, int64_t pixel, const SamplePoint<T>& point) {
        for (int64_t c = 0; c < shape.channels; ++c) {
            const T* plane = x + (n * shape.channels + c) * shape.plane();
            y[(n * shape.channels + c) * shape.plane() + pixel] =
                between(between(plane[point.a], plane[point.b], point.right),
                        between(plane[point.c], plane[point.d], point.right), point.down);
        }
    });
}

template <typename T>
void warpBackward(const WarpShape& shape, const T* x, const T* flow, const T* dy, T* dx, T* dFlow)
{
    forWarpPoints(shape, flow, [&](int64_t n, int64_t pixel, const SamplePoint<T>& point) {
        const T left = 1 - point.right, up = 1 - point.down;
        T byX = 0, byY = 0;
        for (int64_t c = 0; c < shape.channels; ++c) {
            const int64_t start = (n * shape.channels + c) * shape.plane();
            const T* plane = x + start;
            const T g = dy[start + pixel];
            byX += g * (up * (plane[point.b] - plane[point.a]) +
                        point.down * (plane[point.d] - plane[point.c]));
            byY += g * (left * (plane[point.c] - plane[point.a]) +
                        point.right * (plane[point.d] - plane[point.b]));
            if (dx) {
                dx[start + point.a] += g * left * up;
                dx[start + point.b] += g * point.right * up;
                dx[start + point.c] += g * left * point.down;
                dx[start + point.d] += g * point.right * point.down;
            }
        }
        dFlow[n * 2 * shape.plane() + pixel] = point.freeX ? byX : T(0);
        dFlow[(n * 2 + 1) * shape.plane() + pixel] = point.freeY ? byY : T(0);
    });
}

class Warp : public torch::autograd::Function<Warp>
{
public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& flow)
    {
        const Tensor from = x.contiguous(), by = flow.contiguous();
        Tensor y = torch::empty_like(from);
        AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "warp", [&] {
            warpForward(WarpShape(from), from.data_ptr<scalar_t>(), by.data_ptr<scalar_t>(),
                        y.data_ptr<scalar_t>());
        });
        context->save_for_backward({from, by});
        context->saved_data["picture"] = x.requires_grad();
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const auto saved = context->get_saved_variables();
        const Tensor dy = gradients[0].contiguous();
        Tensor dFlow = torch::empty_like(saved[1]), dx;
        if (context->saved_data["picture"].toBool())
            dx = torch::zeros_like(saved[0]);
        AT_DISPATCH_FLOATING_TYPES(dy.scalar_type(), "warp", [&] {
            warpBackward(WarpShape(saved[0]), saved[0].data_ptr<scalar_t>(),
                         saved[1].data_ptr<scalar_t>(), dy.data_ptr<scalar_t>(),
                         dx.defined() ? dx.data_ptr<scalar_t>() : nullptr,
                         dFlow.data_ptr<scalar_t>());
        });
        return {dx, dFlow};
    }
};

} // namespace

Tensor warp(const Tensor& x, const Tensor& flow)
{
    return Warp::apply(x, flow);
}

Tensor enlargedFlow(const Tensor& flow)
{
    return torch::upsample_bilinear2d(flow, {8 * flow.size(2), 8 * flow.size(3)}, false) * 8.0;
}

} // namespace vitrine::learning::codec
