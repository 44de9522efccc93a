#include "core/learning/nets/codec/deform.h"

#include "core/learning/nets/codec/bilinear.h"
#include "core/learning/nets/codec/layers.h"

#include <array>

namespace vitrine::learning::codec
{

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace
{

constexpr int64_t kTaps = 9;

struct DeformShape {
    int64_t pictures, channels, height, width, groups;

    int64_t plane() const { return height * width; }
    int64_t groupChannels() const { return channels / groups; }
};

// Where one tap of one group at one pixel reads and writes. Channels lie innermost.
struct TapPlace {
    int64_t input;  // of the group's first channel at pixel 0
    int64_t output; // of the group's first channel in this tap
    int64_t offset; // of the offset to the right; downwards lies one plane further
    int64_t mask;
};

template <typename T, typename Visit>
void forTaps(const DeformShape& shape, const T* offsets, Visit visit)
{
    const int64_t plane = shape.plane(), planes = kTaps * shape.groups;
    for (int64_t n = 0; n < shape.pictures; ++n)
        for (int64_t pixel = 0; pixel < plane; ++pixel)
            for (int64_t k = 0; k < kTaps; ++k)
                for (int64_t g = 0; g < shape.groups; ++g) {
                    const int64_t first = g * shape.groupChannels(),
                                  tap = n * planes + g * kTaps + k;
                    const TapPlace place{n * plane * shape.channels + first,
                                         ((n * plane + pixel) * kTaps + k) * shape.channels + first,
                                         tap * 2 * plane + pixel, tap * plane + pixel};
                    const int64_t x = pixel % shape.width + k % 3 - 1;
                    const int64_t y = pixel / shape.width + k / 3 - 1;
                    visit(place, SamplePoint<T>(static_cast<T>(x) + offsets[place.offset],
                                                static_cast<T>(y) + offsets[place.offset + plane],
                                                shape.height, shape.width));
                }
}

template <typename T>
void deformForward(const DeformShape& shape, const T* x, const T* offsets, const T* masks, T* taps)
{
    const int64_t channels = shape.groupChannels();
    forTaps(shape, offsets, [&](const TapPlace& place, const SamplePoint<T>& point) {
        const T *a = x + place.input + point.a * shape.channels,
                *b = x + place.input + point.b * shape.channels,
                *c = x + place.input + point.c * shape.channels,
                *d = x + place.input + point.d * shape.channels;
        T* to = taps + place.output;
        for (int64_t i = 0; i < channels; ++i)
            to[i] = masks[place.mask] * between(between(a[i], b[i], point.right),
                                                between(c[i], d[i], point.right), point.down);
    });
}

// Sums that the compiler can keep in one register of a vector unit.
template <typename T>
struct LaneSum {
    std::array<T, 8> lanes{};
    T total() const
    {
        return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) +
               ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
    }
};

struct DeformGradients {
    Tensor x, offsets, masks;
};

template <typename T>
void deformBackward(const DeformShape& shape, const T* x, const T* offsets, const T* masks,
                    const T* taps, const DeformGradients& to)
{
    T *toX = to.x.data_ptr<T>(), *toOffsets = to.offsets.data_ptr<T>(),
      *toMasks = to.masks.data_ptr<T>();
    const int64_t channels = shape.groupChannels(), all = shape.channels;
    forTaps(shape, offsets, [&](const TapPlace& place, const SamplePoint<T>& point) {
        const T *a = x + place.input + point.a * all, *b = x + place.input + point.b * all,
                *c = x + place.input + point.c * all, *d = x + place.input + point.d * all;
        T *toA = toX + place.input + point.a * all, *toB = toX + place.input + point.b * all,
          *toC = toX + place.input + point.c * all, *toD = toX + place.input + point.d * all;
        const T* g = taps + place.output;
        const T mask = masks[place.mask], right = point.right, down = point.down;
        const T wa = mask * (1 - right) * (1 - down), wb = mask * right * (1 - down),
                wc = mask * (1 - right) * down, wd = mask * right * down;
        LaneSum<T> ga, gb, gc, gd; // g times each corner
        for (int64_t i = 0; i < channels; i += 8)
            for (size_t j = 0; j < 8; ++j) {
                const auto at = i + static_cast<int64_t>(j);
                ga.lanes[j] += g[at] * a[at];
                gb.lanes[j] += g[at] * b[at];
                gc.lanes[j] += g[at] * c[at];
                gd.lanes[j] += g[at] * d[at];
            }
        for (int64_t i = 0; i < channels; ++i)
            toA[i] += wa * g[i];
        for (int64_t i = 0; i < channels; ++i)
            toB[i] += wb * g[i];
        for (int64_t i = 0; i < channels; ++i)
            toC[i] += wc * g[i];
        for (int64_t i = 0; i < channels; ++i)
            toD[i] += wd * g[i];
        const T sa = ga.total(), sb = gb.total(), sc = gc.total(), sd = gd.total();
        toMasks[place.mask] = between(between(sa, sb, right), between(sc, sd, right), down);
        toOffsets[place.offset] = point.freeX ? mask * between(sb - sa, sd - sc, down) : T(0);
        toOffsets[place.offset + shape.plane()] =
            point.freeY ? mask * between(sc - sa, sd - sb, right) : T(0);
    });
}

DeformShape deformShape(const Tensor& innermost, const Tensor& masks)
{
    return {innermost.size(0), innermost.size(3), innermost.size(1), innermost.size(2),
            masks.size(1) / kTaps};
}

class DeformedTaps : public torch::autograd::Function<DeformedTaps>
{
public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& offsets,
                          const Tensor& masks)
    {
        const Tensor from = x.permute({0, 2, 3, 1}).contiguous();
        const Tensor by = offsets.contiguous(), with = masks.contiguous();
        const DeformShape shape = deformShape(from, with);
        TORCH_CHECK(shape.groupChannels() % 8 == 0, "deformedTaps: groups of 8, 16 .. channels");
        Tensor taps =
            torch::empty({shape.pictures, shape.plane(), kTaps * shape.channels}, x.options());
        AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "deformedTaps", [&] {
            deformForward(shape, from.data_ptr<scalar_t>(), by.data_ptr<scalar_t>(),
                          with.data_ptr<scalar_t>(), taps.data_ptr<scalar_t>());
        });
        context->save_for_backward({from, by, with});
        return taps;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const auto saved = context->get_saved_variables();
        const Tensor g = gradients[0].contiguous();
        const DeformGradients to{torch::zeros_like(saved[0]), torch::empty_like(saved[1]),
                                 torch::empty_like(saved[2])};
        AT_DISPATCH_FLOATING_TYPES(g.scalar_type(), "deformedTaps", [&] {
            deformBackward(deformShape(saved[0], saved[2]), saved[0].data_ptr<scalar_t>(),
                           saved[1].data_ptr<scalar_t>(), saved[2].data_ptr<scalar_t>(),
                           g.data_ptr<scalar_t>(), to);
        });
        return {to.x.permute({0, 3, 1, 2}), to.offsets, to.masks};
    }
};

} // namespace

Tensor deformedTaps(const Tensor& x, const Tensor& offsets, const Tensor& masks)
{
    return DeformedTaps::apply(x, offsets, masks);
}

DeformImpl::DeformImpl(int64_t channels, int64_t groups)
    : groups_(groups), project_(register_module("project", conv1(kTaps * channels, channels)))
{
}

Tensor DeformImpl::forward(const Tensor& x, const Tensor& told)
{
    const int64_t n = x.size(0), height = x.size(2), width = x.size(3), taps = kTaps * groups_;
    const Tensor flow = baseFlow(told).unsqueeze(1);
    const Tensor offsets = told.narrow(1, 2, 2 * taps).reshape({n, taps, 2, height, width}) + flow;
    const Tensor masks = told.narrow(1, 2 + 2 * taps, taps).sigmoid();
    const Tensor columns = deformedTaps(x, offsets, masks);
    return torch::linear(columns, project_->weight.flatten(1), project_->bias)
        .transpose(1, 2)
        .reshape({n, x.size(1), height, width});
}

} // namespace vitrine::learning::codec
