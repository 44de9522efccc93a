#pragma once

#include "core/base/result.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/tensor/kernels/weight_edit.h"
#include "core/tensor/kernels/weights.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vitrine::model
{

// What one head's map looks like, computed while the model runs, from unrounded weights A[i,j]
// (query i, key j <= i, row sums 1).
struct HeadSummary {
    std::vector<float> columnSum = {}; // [T]: sum over queries i of A[i,j]
    std::vector<std::int32_t> columnRows =
        {};                    // [T]: how many queries can see key j (causal mask and window)
    double firstTokenMass = 0; // mean over i >= 1 of A[i,0] (0 where the window hides it)
    double entropy = 0;        // nat: mean over rows of -sum_j A ln A
    double distance = 0;       // tokens: mean over rows of sum_j A (i - j)
    std::vector<float> thumbnail = {}; // [side * side] row-major, maximum over the cells of each
                                       // block; side = min(T, thumbnailSide)
};

struct LayerHead {
    int layer = 0, head = 0; // query heads
    friend auto operator<=>(const LayerHead&, const LayerHead&) = default;
};

// One head's queries and keys after rotary embedding and its row log-sum-exp: any tile of its map
// can be computed again.
//   A[i,j] = exp(scale * q_i . k_j - lse[i])
struct KeptHead {
    LayerHead where = {};
    std::vector<float> q = {}, k = {}; // [T * headSize]
    std::vector<float> lse = {};       // [T], of the scaled scores
};

using kernels::EditCount;
using kernels::WeightEdit;

// What is known of a head when somebody decides how its weights are changed: its weights A[i,j]
// before any change, over the queries i of this call (all of them in a forward pass).
struct EditQuestion {
    LayerHead where = {};
    std::int64_t first = 0;                   // position of the first query
    std::span<const float> columnSum;         // [keys]: sum over the queries of A[i,j]
    std::span<const std::int32_t> columnRows; // [keys]: how many of the queries see key j
};
using DecideEdit = std::function<WeightEdit(const EditQuestion&)>;

struct EditedHead {
    LayerHead where = {};
    WeightEdit edit = {}; // as it was decided
    EditCount count = {};
    std::vector<float> columnSum = {}; // of the weights before the change
};

// Where the numbers of a pass stop being finite first, in the order of the arithmetic.
struct NotFinite {
    int layer = -1;              // -1: already in the embeddings
    int head = -1;               // -1: not in a head, but behind them
    bool isBehindLayers = false; // in the final norm or the head
    std::int64_t position = 0;   // the first token
    std::string tensor = {};     // the weights that hold NaN or infinity
};
std::string notFiniteText(const NotFinite& place); // a sentence

class LlmCache;

struct ForwardRequest {
    bool logits = true;  // of every position; false: of the last only. Models without language head
                         // have none: input error where they are asked for
    bool hidden = false; // inputs of each block, then the final norm's output: layers + 1 entries
    std::vector<int> maps =
        {}; // layers whose full maps [heads, T, T] are wanted (memory: heads * T * T * 4 each)
    bool summaries = false;
    int thumbnailSide = 64;                      // 0: none
    std::vector<LayerHead> keep = {};            // sorted; heads whose Q, K and lse are kept
    std::function<bool(int layer)> onLayer = {}; // called before each layer; false cancels

    std::int64_t lastRows = 0; // of how many last positions logits are wanted; 0: as `logits` says
    // Heads (sorted) whose weights may be changed between softmax and values, and who decides how:
    // asked on the calling thread, layer by layer. Heads not named here are computed as ever, to
    // the last bit. Maps and summaries are then of the changed weights; q, k and lse of kept heads
    // are of the weights before the change.
    std::vector<LayerHead> edited = {};
    DecideEdit edit = {};
    // Goes on from the input of a layer, [T, hidden], as `hidden` of a pass over the same ids gave
    // it. What belongs to earlier layers stays empty.
    int fromLayer = 0;
    std::span<const float> residual = {};
    // Whether numbers may stop being finite because weights are not: they stay so in all that is
    // asked for, and ForwardResult::notFinite says where. Else an input error says it.
    bool allowNotFinite = false;
    // An empty cache that receives keys and values, so that decode goes on behind these ids.
    LlmCache* cache = nullptr;
};

struct ForwardResult {
    std::int64_t tokens = 0;
    std::vector<float> logits = {}; // [T, lastRows or 1, vocabulary]; empty without language head
    std::vector<std::vector<float>> hidden = {}; // each [T, hidden]
    std::vector<std::vector<float>> maps =
        {}; // in the order of ForwardRequest::maps, each [heads, T, T]
    std::vector<std::vector<HeadSummary>> summaries = {}; // [layer][head]
    std::vector<KeptHead> kept = {};
    std::vector<EditedHead> edited = {}; // in the order of ForwardRequest::edited
    std::optional<NotFinite> notFinite = {};
};

// Decoding behind a cached beginning; the fields mean what they mean in a forward pass, a head's
// weights being those of the new queries over all keys.
struct DecodeRequest {
    std::int64_t lastRows = 1;
    std::vector<LayerHead> edited = {};
    DecideEdit edit = {};
};
struct DecodeResult {
    std::vector<float> logits = {}; // [lastRows, vocabulary]
    std::vector<EditedHead> edited = {};
};

// A linear layer of the blocks that may be stored as planes of codes (kernels::BinaryCodes).
struct LayerPlanes {
    std::string layer = {}; // its tensor: "model.layers.0.mlp.up_proj.weight"
    int stored = 0;         // 0: it is stored as numbers
    int used = 0;           // the first ones of these
};

// Runs a checkpoint in fp32 whatever its storage type. Results are bit-identical for every thread
// count. Where numbers of finite weights grow beyond fp32, a pass is an input error. One Llm may be
// used by one thread at a time (it parallelises inside); several may share a checkpoint.
class Llm
{
public:
    // With `relayout`, on weights in another layout than the checkpoint's (quantized, for
    // instance).
    static Result<Llm> open(std::shared_ptr<const LlmCheckpoint> checkpoint,
                            const kernels::Relayout& relayout = {});
    Llm(Llm&&) noexcept;
    Llm& operator=(Llm&&) noexcept;
    ~Llm();

    const LlmConfig& config() const;

    // Of every linear layer of the blocks, in order.
    std::vector<LayerPlanes> layerPlanes() const;
    // The same model whose linear layers use their first `planes` planes, all they have where that
    // is fewer; single ones, by tensor, so many. Shares weights and checkpoint with this one, and a
    // cache may go from one to the other between two tokens.
    // Dropped planes count as 0. What is left of a grid is the grid of so many bits over the same
    // range, each weight in the middle of its cell; of other codes it is not the best fit that so
    // many planes can be.
    // Input error where a linear layer is stored as numbers. Argument error for planes that no
    // layer has, or a single one that has not so many.
    Result<Llm> withPlanes(int planes, const std::map<std::string, int>& single = {}) const;

    // Prefill. Ids outside the vocabulary: argument error. Cancelled where onLayer says so.
    Result<ForwardResult> forward(std::span<const std::int32_t> ids,
                                  const ForwardRequest& request = {}) const;

    // Key-value cache of one sequence.
    using Cache = LlmCache;
    Result<std::unique_ptr<Cache>> newCache(std::int64_t capacity) const;
    // Appends the ids to the cached sequence; logits [vocabulary] of the last one. Input error
    // where numbers stop being finite.
    Result<std::vector<float>> decode(Cache& cache, std::span<const std::int32_t> ids) const;
    // The same with more asked. All ids go through each layer together where heads are edited.
    Result<DecodeResult> decode(Cache& cache, std::span<const std::int32_t> ids,
                                const DecodeRequest& request) const;

private:
    struct Private;
    explicit Llm(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d_;
};

class LlmCache
{
public:
    ~LlmCache();

    std::int64_t length() const;      // tokens so far
    std::int64_t capacity() const;    // tokens it can hold
    void rewind(std::int64_t length); // forgets what comes after the first `length` tokens

private:
    friend class Llm;
    struct Private;
    explicit LlmCache(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d_;
};

struct Sampling {
    int maxTokens = 64;
    double temperature = 0; // 0: greedy (lowest id wins ties)
    int topK = 0;           // 0: all
    std::uint64_t seed = 42;
};

// Continues `ids` token by token until an EOS, maxTokens, or onToken returns false. Returns the new
// ids alone.
Result<std::vector<std::int32_t>> generate(const Llm& llm, std::span<const std::int32_t> ids,
                                           const Sampling& sampling,
                                           const std::vector<std::int64_t>& eos,
                                           const std::function<bool(std::int32_t)>& onToken = {});

// The same for whatever runs the model: `next` appends ids to the sequence (first all of `ids`,
// then one by one) and returns the logits [vocabulary] of the last one.
using NextLogits = std::function<Result<std::vector<float>>(std::span<const std::int32_t> ids)>;
Result<std::vector<std::int32_t>> generate(const NextLogits& next,
                                           std::span<const std::int32_t> ids,
                                           const Sampling& sampling,
                                           const std::vector<std::int64_t>& eos,
                                           const std::function<bool(std::int32_t)>& onToken = {});

// exp of the mean cross entropy of ids[1..] given logits [T, vocabulary] of ids
// (specs/llm-runtime.md, section 9, one window).
double perplexity(std::span<const float> logits, std::span<const std::int32_t> ids,
                  std::int64_t vocabulary);

} // namespace vitrine::model
