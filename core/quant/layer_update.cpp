#include "core/quant/layer_update.h"

#include "core/quant/hessian.h"

#include <algorithm>

namespace vitrine::quant
{

std::vector<ColumnSpan> columnSpans(Eigen::Index inputs, Eigen::Index width, const Matrix* hessian)
{
    std::vector<ColumnSpan> spans;
    for (Eigen::Index first = 0; first < inputs; first += width)
        spans.push_back({first, std::min(width, inputs - first)});
    if (hessian)
        std::ranges::stable_sort(spans, std::ranges::greater{}, [&](const ColumnSpan& span) {
            return hessian->diagonal().segment(span.first, span.count).sum();
        });
    return spans;
}

Result<QuantizedLayer> updateLayer(const QuantSettings& settings, const LayerTask& task,
                                   bool isCompensated, Eigen::Index width, ColumnMethod& method)
{
    const auto spans =
        columnSpans(task.weights.cols(), width, settings.ordering ? task.hessian : nullptr);
    QuantizedLayer layer;
    if (!isCompensated) {
        VITRINE_TRY(UpdatedColumns updated,
                    updateColumns({task.weights, spans, nullptr, task.progress}, method));
        layer.decoded = std::move(updated.decoded);
        return layer;
    }
    std::vector<Eigen::Index> order;
    for (const ColumnSpan& span : spans)
        for (Eigen::Index i = 0; i < span.count; ++i)
            order.push_back(span.first + i);
    VITRINE_TRY(const HessianFactor factor, factorize(*task.hessian, order, settings.damping));
    Matrix living;
    if (!factor.dead.empty()) {
        living = task.weights;
        for (const Eigen::Index input : factor.dead)
            living.col(input).setZero();
    }
    VITRINE_TRY(UpdatedColumns updated, updateColumns({factor.dead.empty() ? task.weights : living,
                                                       spans, &factor.upper, task.progress},
                                                      method));
    layer.decoded = std::move(updated.decoded);
    layer.loss = updated.loss;
    return layer;
}

PackedCodes packedCodes(const QuantSettings& settings, const Matrix& weights)
{
    PackedCodes packed;
    kernels::BinaryCodes& codes = packed.codes;
    codes.outputs = weights.rows();
    codes.inputs = weights.cols();
    codes.planes = settings.bits;
    codes.groupRows = codes.groupColumns = 1;
    const auto side = [&](std::int64_t all) {
        return settings.group == 0 ? all : std::min(settings.group, all);
    };
    switch (settings.layout) {
    case Layout::row:
        codes.groupColumns = side(codes.inputs);
        break;
    case Layout::column:
        codes.groupRows = side(codes.outputs);
        break;
    case Layout::block:
        codes.groupRows = settings.group == 0 ? (codes.outputs + 7) / 8
                                              : std::min(settings.group / 8, codes.outputs);
        codes.groupColumns = 8;
        break;
    }
    packed.bytes = kernels::makeCodes(codes);
    return packed;
}

} // namespace vitrine::quant
