#include "core/model/llm/llm_taps.h"

#include <algorithm>

namespace vitrine::model
{
namespace
{

HeadSummary summaryOf(kernels::HeadTap& tap, const std::vector<std::int32_t>& columnRows)
{
    const auto tokens = static_cast<double>(columnRows.size());
    kernels::MapSums& sums = tap.after.columnSum.empty() ? tap : tap.after;
    return {.columnSum = std::move(sums.columnSum),
            .columnRows = columnRows,
            .firstTokenMass = columnRows.size() > 1 ? sums.firstMass / (tokens - 1) : 0,
            .entropy = sums.entropy / tokens,
            .distance = sums.distance / tokens,
            .thumbnail = std::move(sums.thumbnail)};
}

// Head `head` of rows of `heads` heads side by side.
std::vector<float> headRows(const std::vector<float>& rows, std::int64_t heads, std::int64_t head,
                            std::int64_t size)
{
    std::vector<float> out;
    out.reserve(rows.size() / static_cast<std::size_t>(heads));
    for (auto row = rows.begin() + head * size; row < rows.end();
         row += std::min(heads * size, rows.end() - row))
        out.insert(out.end(), row, row + size);
    return out;
}

} // namespace

std::vector<std::int32_t> rowsPerColumn(std::int64_t first, std::int64_t queries,
                                        std::int64_t window)
{
    const std::int64_t keys = first + queries;
    std::vector<std::int32_t> rows(static_cast<std::size_t>(keys));
    for (std::int64_t j = 0; j < keys; ++j) {
        const std::int64_t begin = std::max(first, j);
        const std::int64_t end = window > 0 ? std::min(keys, j + window) : keys;
        rows[static_cast<std::size_t>(j)] =
            static_cast<std::int32_t>(std::max<std::int64_t>(0, end - begin));
    }
    return rows;
}

void addEdits(std::span<const LayerHead> edited, const DecideEdit& decide, int layer,
              std::int64_t first, std::span<const std::int32_t> rows,
              std::span<kernels::HeadTap> taps)
{
    for (const LayerHead& where : edited)
        if (where.layer == layer)
            taps[static_cast<std::size_t>(where.head)].edit =
                [where, first, rows, &decide](std::span<const float> columnSum) {
                    return decide({where, first, columnSum, rows});
                };
}

void takeEdits(std::span<const LayerHead> edited, int layer, std::span<const kernels::HeadTap> taps,
               std::vector<EditedHead>& out)
{
    for (const LayerHead& where : edited) {
        if (where.layer != layer)
            continue;
        const kernels::HeadTap& tap = taps[static_cast<std::size_t>(where.head)];
        out.push_back({where, tap.edited, tap.editCount, tap.columnSum});
    }
}

Taps::Taps(const LlmConfig& config, const ForwardRequest& request, ForwardResult& result)
    : config_(config),
      request_(request),
      result_(result),
      columnRows_(request.summaries || !request.edited.empty()
                      ? rowsPerColumn(0, result.tokens, config.slidingWindow)
                      : std::vector<std::int32_t>{})
{
    result_.maps.resize(request.maps.size());
    if (request.summaries)
        result_.summaries.resize(static_cast<std::size_t>(request.fromLayer));
    result_.kept.reserve(request.keep.size());
}

std::span<kernels::HeadTap> Taps::begin(int layer)
{
    const auto heads = static_cast<std::size_t>(config_.heads);
    const auto tokens = static_cast<std::size_t>(result_.tokens);
    taps_.assign(heads, {});
    for (kernels::HeadTap& tap : taps_) {
        tap.summary = request_.summaries;
        tap.thumbnailSide = std::min<std::int64_t>(request_.thumbnailSide, result_.tokens);
    }
    for (std::size_t i = 0; i < request_.maps.size(); ++i) {
        if (request_.maps[i] != layer)
            continue;
        result_.maps[i].resize(heads * tokens * tokens);
        for (std::size_t h = 0; h < heads; ++h)
            taps_[h].map = result_.maps[i].data() + h * tokens * tokens;
    }
    for (const LayerHead& where : request_.keep) {
        if (where.layer != layer)
            continue;
        result_.kept.push_back(
            {.where = where, .q = {}, .k = {}, .lse = std::vector<float>(tokens)});
        taps_[static_cast<std::size_t>(where.head)].lse = result_.kept.back().lse.data();
    }
    addEdits(request_.edited, request_.edit, layer, 0, columnRows_, taps_);
    return std::ranges::any_of(taps_, &kernels::HeadTap::any) ? std::span(taps_)
                                                              : std::span<kernels::HeadTap>{};
}

void Taps::end(int layer, const std::vector<float>& queries, const std::vector<float>& keys)
{
    keep(layer, queries, keys);
    takeEdits(request_.edited, layer, taps_, result_.edited);
    if (!request_.summaries)
        return;
    auto& summaries = result_.summaries.emplace_back();
    for (kernels::HeadTap& tap : taps_)
        summaries.push_back(summaryOf(tap, columnRows_));
}

void Taps::keep(int layer, const std::vector<float>& queries, const std::vector<float>& keys)
{
    const std::int64_t size = config_.headSize, group = config_.heads / config_.kvHeads;
    for (KeptHead& kept : result_.kept) {
        if (kept.where.layer != layer)
            continue;
        kept.q = headRows(queries, config_.heads, kept.where.head, size);
        kept.k = headRows(keys, config_.kvHeads, kept.where.head / group, size);
    }
}

} // namespace vitrine::model
