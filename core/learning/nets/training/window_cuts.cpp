#include "core/learning/nets/training/window_cuts.h"

namespace vitrine::learning
{

using torch::Tensor;

Tensor cutWindows(const Tensor& picture, int64_t size, int64_t roll)
{
    const auto at = picture.sizes();
    const Tensor rolled = roll ? torch::roll(picture, {-roll, -roll}, {1, 2}) : picture;
    return rolled.reshape({at[0], at[1] / size, size, at[2] / size, size, at[3]})
        .permute({0, 1, 3, 2, 4, 5})
        .reshape({-1, size * size, at[3]});
}

Tensor joinWindows(const Tensor& windows, const Tensor& like, int64_t size, int64_t roll)
{
    const auto at = like.sizes();
    const Tensor picture = windows.reshape({at[0], at[1] / size, at[2] / size, size, size, -1})
                               .permute({0, 1, 3, 2, 4, 5})
                               .reshape({at[0], at[1], at[2], -1});
    return roll ? torch::roll(picture, {roll, roll}, {1, 2}) : picture;
}

} // namespace vitrine::learning
