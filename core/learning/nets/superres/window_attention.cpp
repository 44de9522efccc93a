#include "core/learning/nets/superres/window_attention.h"

#include "core/learning/nets/superres/window_loops.h"

namespace vitrine::learning
{
namespace
{

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

loops::WindowCut windowCut(const Tensor& picture, const Windows& windows, size_t third)
{
    const int64_t size = windows.sizes[third];
    return {picture.size(0), picture.size(1), picture.size(2), size, windows.rolled ? size / 2 : 0};
}

loops::WindowSizes windowSizes(const loops::WindowCut& cut, int64_t channels)
{
    return {cut.windows(), cut.tokens(), channels};
}

Tensor gatheredWindows(const loops::WindowCut& cut, const Tensor& picture, int64_t first,
                       int64_t channels)
{
    const Tensor windows = torch::empty({cut.windows(), cut.tokens(), channels});
    loops::gatherWindows(cut, {first, channels, picture.size(3)}, picture.data_ptr<float>(),
                         windows.data_ptr<float>());
    return windows;
}

void scatterInto(const loops::WindowCut& cut, const Tensor& windows, int64_t first,
                 const Tensor& picture)
{
    loops::scatterWindows(cut, {first, windows.size(2), picture.size(3)}, windows.data_ptr<float>(),
                          picture.data_ptr<float>());
}

const float* windowData(const Tensor& tensor)
{
    return tensor.defined() ? tensor.data_ptr<float>() : nullptr;
}

Windows windowsOf(const std::vector<int64_t>& numbers)
{
    return {{numbers[0], numbers[1], numbers[2]}, numbers[3] != 0};
}
std::vector<int64_t> windowNumbers(const Windows& windows)
{
    return {windows.sizes[0], windows.sizes[1], windows.sizes[2], windows.rolled ? 1 : 0};
}

// Gives y and the maps of the three thirds.
class AttendFunction : public torch::autograd::Function<AttendFunction>
{
public:
    static variable_list forward(AutogradContext* context, const Tensor& qv,
                                 const std::vector<int64_t>& numbers)
    {
        const Windows windows = windowsOf(numbers);
        const int64_t third = qv.size(3) / 6;
        const Tensor y = torch::empty({qv.size(0), qv.size(1), qv.size(2), 3 * third});
        variable_list results{y}, kept{qv};
        for (size_t i = 0; i < 3; ++i) {
            const auto cut = windowCut(qv, windows, i);
            const auto sizes = windowSizes(cut, third);
            const int64_t first = static_cast<int64_t>(i) * third;
            const Tensor q = gatheredWindows(cut, qv, 2 * first, third);
            const Tensor v = gatheredWindows(cut, qv, 2 * first + third, third);
            const Tensor maps = torch::empty({sizes.windows, sizes.tokens, sizes.tokens});
            const Tensor mixed = torch::empty_like(v);
            loops::windowMaps(sizes, q.data_ptr<float>(), maps.data_ptr<float>());
            loops::mixWindows(sizes, maps.data_ptr<float>(), v.data_ptr<float>(),
                              mixed.data_ptr<float>());
            scatterInto(cut, mixed, first, y);
            results.push_back(maps);
            kept.push_back(maps);
        }
        context->set_materialize_grads(false);
        context->save_for_backward(kept);
        context->saved_data["windows"] = numbers;
        return results;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients)
    {
        const variable_list kept = context->get_saved_variables();
        const Windows windows = windowsOf(context->saved_data["windows"].toIntVector());
        const Tensor& qv = kept[0];
        const int64_t third = qv.size(3) / 6;
        const Tensor dy = gradients[0].defined()
                              ? gradients[0].contiguous()
                              : torch::zeros({qv.size(0), qv.size(1), qv.size(2), 3 * third});
        const Tensor dqv = torch::empty_like(qv);
        for (size_t i = 0; i < 3; ++i) {
            const auto cut = windowCut(qv, windows, i);
            const auto sizes = windowSizes(cut, third);
            const int64_t first = static_cast<int64_t>(i) * third;
            const Tensor q = gatheredWindows(cut, qv, 2 * first, third);
            const Tensor v = gatheredWindows(cut, qv, 2 * first + third, third);
            const Tensor dMixed = gatheredWindows(cut, dy, first, third);
            const Tensor& maps = kept[i + 1];
            const Tensor dMaps =
                gradients[i + 1].defined() ? gradients[i + 1].contiguous() : Tensor();
            const Tensor dq = torch::empty_like(q), dv = torch::empty_like(v);
            loops::mixWindowsBackward(sizes, windowData(maps), windowData(v), windowData(dMixed),
                                      dv.data_ptr<float>(), nullptr);
            loops::windowMapsBackward(sizes, windowData(q), windowData(maps), windowData(v),
                                      windowData(dMixed), windowData(dMaps), dq.data_ptr<float>());
            scatterInto(cut, dq, 2 * first, dqv);
            scatterInto(cut, dv, 2 * first + third, dqv);
        }
        return {dqv, Tensor()};
    }
};

class MixFunction : public torch::autograd::Function<MixFunction>
{
public:
    static Tensor forward(AutogradContext* context, const Tensor& v, const Tensor& maps0,
                          const Tensor& maps1, const Tensor& maps2,
                          const std::vector<int64_t>& numbers)
    {
        const Windows windows = windowsOf(numbers);
        const variable_list maps{maps0, maps1, maps2};
        const int64_t third = v.size(3) / 3;
        const Tensor y = torch::empty_like(v);
        for (size_t i = 0; i < 3; ++i) {
            const auto cut = windowCut(v, windows, i);
            const int64_t first = static_cast<int64_t>(i) * third;
            const Tensor part = gatheredWindows(cut, v, first, third),
                         mixed = torch::empty_like(part);
            loops::mixWindows(windowSizes(cut, third), windowData(maps[i]), windowData(part),
                              mixed.data_ptr<float>());
            scatterInto(cut, mixed, first, y);
        }
        context->save_for_backward({v, maps0, maps1, maps2});
        context->saved_data["windows"] = numbers;
        return y;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients)
    {
        const variable_list kept = context->get_saved_variables();
        const Windows windows = windowsOf(context->saved_data["windows"].toIntVector());
        const Tensor &v = kept[0], dy = gradients[0].contiguous();
        const int64_t third = v.size(3) / 3;
        const Tensor dv = torch::empty_like(v);
        variable_list results{dv};
        for (size_t i = 0; i < 3; ++i) {
            const auto cut = windowCut(v, windows, i);
            const int64_t first = static_cast<int64_t>(i) * third;
            const Tensor part = gatheredWindows(cut, v, first, third);
            const Tensor dMixed = gatheredWindows(cut, dy, first, third);
            const Tensor dPart = torch::empty_like(part), dMaps = torch::empty_like(kept[i + 1]);
            loops::mixWindowsBackward(windowSizes(cut, third), windowData(kept[i + 1]),
                                      windowData(part), windowData(dMixed), dPart.data_ptr<float>(),
                                      dMaps.data_ptr<float>());
            scatterInto(cut, dPart, first, dv);
            results.push_back(dMaps);
        }
        results.push_back(Tensor());
        return results;
    }
};

bool runsAsWindowLoops(const Tensor& x)
{
    return x.device().is_cpu() && x.scalar_type() == torch::kFloat;
}

} // namespace

Attended attendInWindows(const Tensor& qv, const Windows& windows)
{
    if (!runsAsWindowLoops(qv))
        return plain::attendInWindows(qv, windows);
    const auto results = AttendFunction::apply(qv.contiguous(), windowNumbers(windows));
    return {results[0], {results[1], results[2], results[3]}};
}

Tensor mixInWindows(const Tensor& v, const WindowMaps& maps, const Windows& windows)
{
    if (!runsAsWindowLoops(v))
        return plain::mixInWindows(v, maps, windows);
    return MixFunction::apply(v.contiguous(), maps[0], maps[1], maps[2], windowNumbers(windows));
}

} // namespace vitrine::learning
