#pragma once

#include "core/model/llm/llm_blockwise.h"
#include "core/quant/layer_record.h"
#include "core/tensor/kernels/weights.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::quant
{

struct LlmQuantSettings {
    Quantizer quantizer;
    QuantSettings layers;
    std::map<std::string, int> bits = {}; // of single layers, by tensor, instead of those of all
};

// Quantizes the linear layers of a language model's decoder blocks, block by block: a block's
// calibration sees what the blocks before it, already quantized, give. All linear layers of a block
// are calibrated on what they read before any of them is quantized (ShiftAddLLM, section 5, step
// 7). Embeddings, norms and the head stay as they are.
// Each layer is kept in a folder when it is ready; another object with the same subject goes on
// from there. One thread at a time; it parallelises inside.
class LlmQuantization
{
public:
    // `windows`: calibration texts as tokens, at least one. `subject` says what the result depends
    // on (files, settings, texts); layers in `folder` that were kept under another one are not
    // taken. The folder is made where there is none. Argument error for settings that the quantizer
    // refuses and for `bits` of layers that the model does not have.
    static Result<LlmQuantization> open(std::shared_ptr<const model::LlmCheckpoint> checkpoint,
                                        LlmQuantSettings settings,
                                        const std::vector<std::vector<std::int32_t>>& windows,
                                        std::filesystem::path folder, std::string subject);
    LlmQuantization(LlmQuantization&&) noexcept;
    ~LlmQuantization();

    // Quantizes what is not kept yet. `progress` gets the share of the work that is done, and
    // cancels where it answers false. `onLayer` is told of each layer, in order, those kept before
    // among them.
    Result<void> run(const std::function<bool(double share)>& progress,
                     const std::function<void(const LayerRecord&)>& onLayer = {});

    const std::vector<LayerRecord>& layers() const; // so far, in order
    std::size_t keptBefore() const;                 // how many were taken from the folder
    // The weights of layers()[layer], decoded anew.
    kernels::SharedWeights decoded(std::size_t layer) const;
    // Relative output error of all layers together: lost energy over energy. NaN for none.
    double outputError() const;

    // The whole model as a Hugging Face folder, packed (core/model/README.md), once run() is done,
    // without tokenizer. The folder is made where there is none.
    Result<void> write(const std::filesystem::path& folder) const;

private:
    struct Private;
    explicit LlmQuantization(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d_;
};

} // namespace vitrine::quant
