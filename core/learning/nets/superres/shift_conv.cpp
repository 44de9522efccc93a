#include "core/learning/nets/superres/shift_conv.h"

#include <algorithm>
#include <array>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

struct ShiftOf {
    int64_t x, y;
};
constexpr std::array<ShiftOf, 4> kShifts{{{1, 0}, {-1, 0}, {0, 1}, {0, -1}}};

// direction 1: the shift; -1: its adjoint, which shifts the other way.
template <typename Number>
void shiftPixels(const Number* from, Number* to, const std::array<int64_t, 4>& sizes,
                 int64_t direction)
{
    const auto [batch, height, width, channels] = sizes;
    const int64_t group = channels / 5;
    for (int64_t b = 0; b < batch; ++b, from += height * width * channels)
        for (int64_t y = 0; y < height; ++y)
            for (int64_t x = 0; x < width; ++x, to += channels) {
                for (int64_t g = 0; g < 4; ++g) {
                    const ShiftOf shift = kShifts[static_cast<size_t>(g)];
                    const int64_t column = x + direction * shift.x, row = y + direction * shift.y;
                    if (column < 0 || column >= width || row < 0 || row >= height)
                        std::fill_n(to + g * group, group, Number(0));
                    else
                        std::copy_n(from + (row * width + column) * channels + g * group, group,
                                    to + g * group);
                }
                std::copy_n(from + (y * width + x) * channels + 4 * group, channels - 4 * group,
                            to + 4 * group);
            }
}

Tensor shifted(const Tensor& x, int64_t direction)
{
    const Tensor from = x.contiguous(), to = torch::empty_like(from);
    const std::array<int64_t, 4> sizes{x.size(0), x.size(1), x.size(2), x.size(3)};
    AT_DISPATCH_FLOATING_TYPES(from.scalar_type(), "shiftChannels", [&] {
        shiftPixels(from.data_ptr<scalar_t>(), to.data_ptr<scalar_t>(), sizes, direction);
    });
    return to;
}

class ShiftFunction : public torch::autograd::Function<ShiftFunction>
{
public:
    static Tensor forward(torch::autograd::AutogradContext*, const Tensor& x)
    {
        return shifted(x, 1);
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                   const torch::autograd::variable_list& dy)
    {
        return {shifted(dy[0], -1)};
    }
};

} // namespace

Tensor shiftChannels(const Tensor& x)
{
    return ShiftFunction::apply(x);
}

ShiftConvImpl::ShiftConvImpl(int64_t in, int64_t out)
    : conv1x1_(register_module("conv1x1", Pointwise(in, out)))
{
}

Tensor ShiftConvImpl::forward(const Tensor& x)
{
    return conv1x1_(shiftChannels(x));
}

} // namespace vitrine::learning
