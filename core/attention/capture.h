#pragma once

#include "core/attention/capture_edit.h"
#include "core/base/result.h"
#include "core/model/llm/llm.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

// clang-format off
// The file of a capture, `capture.safetensors`:
//   token_ids         I64 [T]
//   column_score      F32 [L, H, T]      s[j]: mean weight key j receives from the queries that see it
//   column_rows       I32 [T]            queries that see key j
//   first_token_mass, entropy, distance  F64 [L, H], as core/model/llm/llm.h defines them
//   thumbnail         F32 [L, H, S, S]   maximum over blocks of the map, S = min(T, 64)
// and for kept heads only, either
//   q.<l>.<h>         F32 or F16 [T, D]  after rotary embedding
//   k.<l>.<h>         likewise (the key head that query head h uses)
//   lse.<l>.<h>       F64 [T]            log-sum-exp of each row's scaled scores, computed from q and k as kept
// and, where the head was calibrated (its map is then A', computed from A of q and k),
//   edit.columns.<l>.<h>  I32 [K]        keys whose weight is multiplied by beta, ascending, K >= 1
//   edit.factors.<l>.<h>  F64 [T]        what the weight of every other key from receivers_from on is multiplied by;
//                                        1: the whole row is as it was
// or, for maps that were captured elsewhere as maps,
//   map.<l>.<h>       F32 [T, T]
// <l> is the model's layer (an entry of layer_ids), <h> the query head.
// metadata: "format" = "vitrine-capture-1", "layers", "heads", "head_size", "scale", "window" (0: none), "layer_ids"
// (JSON list: the layers captured, in the order of axis L), "tokens" (JSON list of T strings as people should see
// them), "model"; "edits" where heads were calibrated: a JSON list of {"layer": 3, "head": 1, "beta": 0.4,
// "receivers_from": 0}, one for each head that has edit tensors. Summaries and thumbnails are of A'.
// clang-format on
namespace vitrine::attention
{

// s[j] of a head, [T]: what column_score holds and what sinks are found in.
std::vector<float> columnScore(const model::HeadSummary& summary);

class Capture
{
public:
    // The file is untrusted: names, types, shapes, sizes and metadata are checked; weights are
    // computed when asked for.
    static Result<Capture> open(const std::filesystem::path& path);

    std::int64_t tokens() const;
    std::int64_t layers() const; // L of the file
    std::int64_t heads() const;
    std::int64_t window() const; // keys a query sees; 0: all before it
    const std::string& model() const;
    const std::vector<int>& layerIds() const;
    const std::vector<std::string>& tokenTexts() const;
    const std::vector<std::int64_t>& tokenIds() const;
    std::span<const float> columnScore(std::int64_t layerIndex, std::int64_t head) const; // [T]
    std::span<const std::int32_t> columnRows() const;
    double firstTokenMass(std::int64_t layerIndex, std::int64_t head) const;
    double entropy(std::int64_t layerIndex, std::int64_t head) const;                   // nat
    double distance(std::int64_t layerIndex, std::int64_t head) const;                  // tokens
    std::span<const float> thumbnail(std::int64_t layerIndex, std::int64_t head) const; // [S * S]
    std::int64_t thumbnailSide() const;
    bool keeps(std::int64_t layerIndex, std::int64_t head) const;
    // How a kept head was calibrated, nullptr where it was not.
    const KeptEdit* edit(std::int64_t layerIndex, std::int64_t head) const;

    // A tile of a kept head's map, row-major [rows / stride, columns / stride] (rounded up): with
    // stride > 1 each cell is the maximum over stride x stride entries, so that a sink one column
    // wide cannot vanish. Entries with key > query, or outside the window, are NaN (a block that is
    // wholly masked too), and so is a cell with a weight that is. Equal within 1e-6 to a float64
    // map of q and k as kept. The tile must lie inside the map. Of a calibrated head the tile is
    // that of the calibrated map. Any thread; nothing larger than the tile and one strip of 256
    // rows is allocated.
    struct Tile {
        std::int64_t row = 0, column = 0, rows = 0, columns = 0, stride = 1;
    };
    Result<std::vector<float>> tile(std::int64_t layerIndex, std::int64_t head,
                                    const Tile& tile) const;
    // Whether any query of the tile sees any of its keys: a NaN there is a weight, not a mask.
    bool isSeen(const Tile& tile) const;

private:
    struct Private;
    std::shared_ptr<const Private> d_; // shared: reading from several threads is safe
};

// Writes the file from a forward pass with summaries. `layerIds` (ascending) chooses what is
// written of them; kept heads of other layers are left out. Q and K are kept in F32 while all of
// them fit into `budget` bytes, else in F16 where that can hold them: a returned note says so.
// ForwardResult::lse is not used: it belongs to Q and K before rounding. Kept heads that
// result.edited says were changed get their edit tensors, computed from Q and K as kept.
struct CaptureInfo {
    std::string model;
    std::vector<std::string> tokenTexts;
    std::vector<int> layerIds;
    double scale = 1;
    std::int64_t window = 0, headSize = 0;
};
inline constexpr std::uint64_t kCaptureBudget = 512ull << 20;
Result<std::vector<std::string>> writeCapture(const std::filesystem::path& path,
                                              const CaptureInfo& info,
                                              std::span<const std::int32_t> ids,
                                              const model::ForwardResult& result,
                                              std::uint64_t budget = kCaptureBudget);

// The same for maps that came from elsewhere: summaries as above, maps[layer][head] [T * T] with
// zeros (or NaN) above the diagonal. Layer i of the maps is named layerIds[i].
Result<void> writeMapCapture(const std::filesystem::path& path, const CaptureInfo& info,
                             std::span<const std::int32_t> ids,
                             const std::vector<std::vector<model::HeadSummary>>& summaries,
                             const std::vector<std::vector<std::vector<float>>>& maps);

} // namespace vitrine::attention
