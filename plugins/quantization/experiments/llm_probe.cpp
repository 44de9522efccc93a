#include "plugins/quantization/experiments/llm_probe.h"

#include "core/attention/sinks.h"
#include "core/model/llm/llm_blockwise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kPieceSide = 64; // of the weights that are kept
constexpr std::int64_t kChunkInputs = 8, kChunkOutputs = 8;

// --- what comes next

Table tokensTable(const OpenModel& opened, std::span<const std::int32_t> ids,
                  std::span<const quant::PositionScore> positions)
{
    Table table{"tokens",
                {{"position", "1", {}, "In the probe text, counted from 0"},
                 {"token", "", {}, "That is read there"},
                 {"kl", "nat", {}, "KL(original || quantized) of the token that follows"},
                 {"rank", "1", {}, "1: the likeliest"},
                 {"original", "", {}, "Next token of that rank, by the original"},
                 {"original_probability", "1", {}, "Its probability"},
                 {"quantized", "", {}, "Next token of that rank, by the quantized model"},
                 {"quantized_probability", "1", {}, "Its probability"}},
                {}};
    for (std::size_t t = 0; t < positions.size(); ++t) {
        const quant::PositionScore& at = positions[t];
        const std::string read = pieceOf(opened, ids[t]);
        for (std::size_t rank = 0; rank < at.original.size(); ++rank)
            table.rows.push_back(
                {static_cast<std::int64_t>(t), read, at.kl, static_cast<std::int64_t>(rank + 1),
                 pieceOf(opened, at.original[rank].id), at.original[rank].probability,
                 pieceOf(opened, at.other[rank].id), at.other[rank].probability});
    }
    return table;
}

// --- where attention goes

struct HeadSinks {
    double first = 0, others = 0;
};

HeadSinks sinksOf(const model::HeadSummary& head, std::int64_t tokens)
{
    std::vector<float> score(head.columnSum.size());
    for (std::size_t j = 0; j < score.size(); ++j)
        score[j] = head.columnSum[j] / static_cast<float>(std::max(head.columnRows[j], 1));
    const auto found = attention::findSinks(score, head.columnRows, {}); // all but the first token
    return {head.firstTokenMass, attention::sinkMass(found, tokens).mass};
}

// Share of a row's weight that goes to other keys, mean over the rows: total variation.
double movedBetween(std::span<const float> a, std::span<const float> b, std::int64_t tokens)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    return sum / 2 / static_cast<double>(tokens);
}

std::vector<float> meanOver(std::span<const float> maps, std::size_t heads)
{
    std::vector<float> mean(maps.size() / heads);
    for (std::size_t i = 0; i < mean.size(); ++i) {
        double sum = 0;
        for (std::size_t h = 0; h < heads; ++h)
            sum += static_cast<double>(maps[h * mean.size() + i]);
        mean[i] = static_cast<float>(sum / static_cast<double>(heads));
    }
    return mean;
}

void addAttention(const model::LlmConfig& config, const model::ForwardResult& before,
                  const model::ForwardResult& after, ProbeResult& out)
{
    out.sinks = {"sinks",
                 {{"layer", "1", {}, "Counted from 0"},
                  {"head", "1", {}, "Counted from 0"},
                  {"moved", "1", {}, "Share of a token's attention that goes elsewhere, mean"},
                  {"first_original", "1", {}, "Attention on the first token, mean over the rest"},
                  {"first_quantized", "1", {}, "The same of the quantized model"},
                  {"others_original", "1", {}, "Attention on all other sinks"},
                  {"others_quantized", "1", {}, "The same of the quantized model"}},
                 {}};
    const std::int64_t tokens = before.tokens;
    const auto heads = static_cast<std::size_t>(config.heads),
               cells = static_cast<std::size_t>(tokens * tokens);
    for (std::size_t layer = 0; layer < before.maps.size(); ++layer) {
        const std::span<const float> a = before.maps[layer], b = after.maps[layer];
        double most = -1;
        ProbeMaps& maps = out.kept.maps.emplace_back();
        for (std::size_t h = 0; h < heads; ++h) {
            const auto mapA = a.subspan(h * cells, cells), mapB = b.subspan(h * cells, cells);
            const double moved = movedBetween(mapA, mapB, tokens);
            if (moved > most) {
                most = moved;
                maps.head = static_cast<std::int64_t>(h);
                maps.headOriginal.assign(mapA.begin(), mapA.end());
                maps.headQuantized.assign(mapB.begin(), mapB.end());
            }
            const HeadSinks was = sinksOf(before.summaries[layer][h], tokens),
                            is = sinksOf(after.summaries[layer][h], tokens);
            out.sinks.rows.push_back({static_cast<std::int64_t>(layer),
                                      static_cast<std::int64_t>(h), moved, was.first, is.first,
                                      was.others, is.others});
        }
        maps.meanOriginal = meanOver(a, heads);
        maps.meanQuantized = meanOver(b, heads);
    }
}

// --- what a product is made of

std::vector<float> numbersOf(const TensorView& matrix, std::int64_t rows)
{
    TensorView first = matrix;
    first.shape[0] = rows;
    first.bytes = matrix.bytes.first(static_cast<std::size_t>(rows * matrix.shape[1]) *
                                     dtypeSize(matrix.type));
    return toFloat(first);
}

// The chunk whose inputs are largest.
std::int64_t chunkOf(std::span<const float> inputs)
{
    std::int64_t best = 0;
    double most = -1;
    for (std::size_t begin = 0; begin < inputs.size(); begin += kChunkInputs) {
        double energy = 0;
        for (const float x :
             inputs.subspan(begin, std::min<std::size_t>(kChunkInputs, inputs.size() - begin)))
            energy += static_cast<double>(x) * static_cast<double>(x);
        if (energy > most)
            most = energy, best = static_cast<std::int64_t>(begin);
    }
    return best;
}

void addCodes(const kernels::BinaryCodes& codes, ProbeLayer& layer)
{
    layer.planes = codes.planes;
    layer.terms = codes.form == kernels::ScaleForm::powers ? codes.termsPerScale : 0;
    const auto inputs = static_cast<std::int64_t>(layer.inputs.size());
    layer.isScaledAfter =
        layer.chunk / codes.groupColumns == (layer.chunk + inputs - 1) / codes.groupColumns;
    for (const std::int64_t output : layer.outputs) {
        const auto groupAt = [&](std::int64_t j) {
            return output / codes.groupRows * codes.columnGroups() +
                   (layer.chunk + j) / codes.groupColumns;
        };
        for (int plane = 0; plane < codes.planes; ++plane) {
            std::uint8_t byte = 0;
            for (std::int64_t j = 0; j < inputs; ++j) {
                byte |= static_cast<std::uint8_t>(codes.code(plane, output, layer.chunk + j) << j);
                const auto scale = static_cast<std::size_t>(plane * codes.groups() + groupAt(j));
                layer.scales.push_back(codes.scales[scale]);
                for (int term = 0; term < layer.terms; ++term)
                    layer.powers.push_back(
                        codes
                            .terms[scale * static_cast<std::size_t>(layer.terms) +
                                   static_cast<std::size_t>(term)]
                            .byte());
            }
            layer.bytes.push_back(byte);
        }
        if (!codes.offsets.empty())
            for (std::int64_t j = 0; j < inputs; ++j)
                layer.offsets.push_back(codes.offsets[static_cast<std::size_t>(groupAt(j))]);
    }
}

// `reads`: what the layer reads at the last token.
Result<ProbeLayer> probeLayer(const ProbeModels& models, const std::string& name,
                              std::span<const float> reads)
{
    VITRINE_TRY(const TensorView original, models.original.checkpoint->tensor(name));
    const std::int64_t inputs = original.shape[1];
    ProbeLayer layer;
    layer.name = name;
    layer.rows = std::min(original.shape[0], kPieceSide);
    layer.columns = std::min(inputs, kPieceSide);
    layer.chunk = chunkOf(reads);
    layer.firstInput =
        std::min(layer.chunk / kPieceSide * kPieceSide, inputs - layer.columns); // holds the chunk
    layer.inputs.assign(reads.begin() + layer.chunk,
                        reads.begin() + std::min(layer.chunk + kChunkInputs, inputs));
    const std::int64_t step = std::max<std::int64_t>(1, layer.rows / kChunkOutputs);
    for (std::int64_t output = 0;
         output < layer.rows && static_cast<std::int64_t>(layer.outputs.size()) < kChunkOutputs;
         output += step)
        layer.outputs.push_back(output);
    std::vector<float> decoded(static_cast<std::size_t>(layer.rows * inputs));
    if (const kernels::BinaryCodes* codes = models.packed.codes(name)) {
        kernels::decodeRows(*codes, codes->planes, 0, layer.rows, decoded.data());
        addCodes(*codes, layer);
    } else {
        VITRINE_TRY(const TensorView dense, models.packed.tensor(name));
        decoded = numbersOf(dense, layer.rows);
    }
    const std::vector<float> weights = numbersOf(original, layer.rows);
    const auto pieceOfRows = [&](const std::vector<float>& rows) {
        std::vector<float> piece;
        for (std::int64_t row = 0; row < layer.rows; ++row) {
            const auto begin = rows.begin() + row * inputs + layer.firstInput;
            piece.insert(piece.end(), begin, begin + layer.columns);
        }
        return piece;
    };
    layer.original = pieceOfRows(weights);
    layer.decoded = pieceOfRows(decoded);
    return layer;
}

Result<void> addLayers(const ProbeModels& models, std::span<const std::int32_t> ids, Probe& probe)
{
    VITRINE_TRY(const auto original, model::BlockwiseLlm::open(models.original.checkpoint));
    VITRINE_TRY(std::vector<float> residual, original.embedded(ids));
    for (int block = 0; block < static_cast<int>(original.config().layers); ++block) {
        std::map<model::LinearInput, std::vector<float>> last; // rows come in order
        original.run(block, residual,
                     [&](model::LinearInput input, const float* rows, std::int64_t count,
                         std::int64_t width) {
                         last[input].assign(rows + (count - 1) * width, rows + count * width);
                     });
        for (const auto& linear : original.linearLayers(block)) {
            VITRINE_TRY(ProbeLayer layer, probeLayer(models, linear.name, last[linear.input]));
            probe.layers.push_back(std::move(layer));
        }
    }
    return {};
}

} // namespace

Result<ProbeResult> probeModels(const ProbeModels& models, std::span<const std::int32_t> ids)
{
    ids = ids.first(std::min(ids.size(), kProbeTokens));
    if (ids.size() < 2)
        return argumentError("a probe text of {} tokens shows nothing", ids.size());
    const model::LlmConfig& config = models.original.config();
    model::ForwardRequest request{.summaries = true, .thumbnailSide = 0};
    request.maps.resize(static_cast<std::size_t>(config.layers));
    std::iota(request.maps.begin(), request.maps.end(), 0);
    VITRINE_TRY(auto before, models.original.llm.forward(ids, request));
    VITRINE_TRY(auto after, models.quantized.forward(ids, request));

    ProbeResult out;
    for (const std::int32_t id : ids)
        out.kept.tokens.push_back(pieceOf(models.original, id));
    addAttention(config, before, after, out);
    const auto original = model::nextTokens(std::move(before.logits), config.vocabulary),
               quantized = model::nextTokens(std::move(after.logits), config.vocabulary);
    out.tokens = tokensTable(models.original, ids,
                             quant::comparePositions(original, quantized, kProbeLikeliest));
    VITRINE_CHECK(addLayers(models, ids, out.kept));
    return out;
}

} // namespace vitrine::quantization_plugin
