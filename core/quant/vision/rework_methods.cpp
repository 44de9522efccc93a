#include "core/model/vision/attention_swap.h"
#include "core/model/vision/shift_add_swap.h"
#include "core/quant/vision/hash_fitting.h"
#include "core/quant/vision/vision_method.h"

#include <algorithm>
#include <fmt/format.h>

// Methods that change what layers compute: ViTALiTy and ShiftAddViT.
namespace vitrine::quant
{
namespace
{

using model::AttentionForm;
using ReworkCheckpoint = std::shared_ptr<const model::VisionCheckpoint>;

bool hasShiftAddLayers(const model::Network& network)
{
    return std::ranges::any_of(network.layers,
                               [](const auto& layer) { return !layer.method.empty(); });
}

bool hasTaylorLayers(const model::Network& network)
{
    return std::ranges::any_of(network.layers, [](const auto& layer) { return layer.isTaylor; });
}

Result<void> fitsVitality(const model::Network& network)
{
    if (hasShiftAddLayers(network))
        return inputError("{} has ShiftAddViT's layers: their attention is not exchanged for "
                          "ViTALiTy's",
                          network.name);
    VITRINE_TRY([[maybe_unused]] const auto changed,
                model::withAttention(network, {AttentionForm::Kind::taylor}));
    return {};
}

Result<ReworkedVision> vitality(const VisionReworkTask& task)
{
    VITRINE_CHECK(fitsVitality(task.checkpoint->network()));
    const bool wasTaylor = hasTaylorLayers(task.checkpoint->network()),
               isSparse = task.tricks.contains("sparse");
    ReworkedVision rework;
    rework.original = rework.checkpoint = task.checkpoint;
    if (wasTaylor) {
        VITRINE_TRY(rework.original,
                    model::swapAttention(task.checkpoint, {AttentionForm::Kind::softmax}));
        rework.notes.push_back("Its weights are taken for trained with Taylor attention. Unless "
                               "another original is named it is compared with softmax attention on "
                               "these same weights, which were not trained for that.");
    } else {
        rework.notes.push_back("Softmax attention is exchanged for ViTALiTy's on the same weights, "
                               "not fine-tuned for it; the paper trains or fine-tunes for 300 "
                               "epochs.");
    }
    if (!wasTaylor || isSparse) {
        const AttentionForm form =
            isSparse ? AttentionForm{AttentionForm::Kind::taylorAndSparse, task.threshold}
                     : AttentionForm{AttentionForm::Kind::taylor};
        VITRINE_TRY(rework.checkpoint, model::swapAttention(task.checkpoint, form));
    }
    rework.notes.push_back(
        isSparse ? fmt::format("Low-rank and sparse part (predicted weights above {}), as it "
                               "trains. At inference ViTALiTy drops the sparse part (steps=none): "
                               "computed as here it costs more than softmax.",
                               task.threshold)
                 : "The low-rank part alone, as ViTALiTy infers.");
    return rework;
}

constexpr std::size_t kHashPictures = 4; // on which hash functions are found

std::span<const std::vector<float>> hashPictures(const VisionReworkTask& task)
{
    return task.pictures.first(std::min(task.pictures.size(), kHashPictures));
}

Result<ReworkCheckpoint> withShiftAdd(const VisionReworkTask& task)
{
    const bool hashes = task.tricks.contains("hashing");
    model::ShiftAddForm form{.isBinary = hashes || task.tricks.contains("binary"),
                             .shiftsMlp = task.tricks.contains("shift_mlp"),
                             .shiftsAttention = task.tricks.contains("shift_attention")};
    if (hashes) {
        VITRINE_TRY(form.hashes, fittedHashes(task.checkpoint, form, hashPictures(task)));
    }
    return model::swapShiftAdd(task.checkpoint, form);
}

Result<void> checkShiftAddSteps(const std::set<std::string>& tricks)
{
    if (tricks.contains("binary") && tricks.contains("hashing"))
        return argumentError("steps: binary, which is among all, and hashing exclude each other: "
                             "both make the codes of queries and keys");
    return {};
}

std::vector<std::string> shiftAddNotes(const VisionReworkTask& task)
{
    const auto has = [&](const char* trick) { return task.tricks.contains(trick); };
    std::vector<std::string> notes = {
        "ShiftAddViT's layers on the weights of a ViT, not fine-tuned "
        "for them: the paper trains 100 epochs for each step."};
    if (has("binary"))
        notes.push_back("Queries and keys are compared with their mean over the picture (vanilla "
                        "binarisation; the step hashing is the other way).");
    if (has("hashing"))
        notes.push_back(fmt::format(
            "Queries and keys share one projection, the mean of both, which was not fine-tuned "
            "[ours]: of it and of either alone, it left attention of vitrine-deit nearest to the "
            "original's. Tokens of each head become codes of {0} bits by kernelised hashing (KSH) "
            "with {1} anchors, as released; its functions were found on the first {2} training "
            "pictures, block by block.",
            KshOptions().bits, KshOptions().anchors, hashPictures(task).size()));
    if (has("binary") || has("hashing"))
        notes.push_back("The filters over neighbouring tokens, which a ViT does not have, are 0, "
                        "and the last block keeps softmax attention where there are several "
                        "[ours].");
    if (has("shift_mlp") || has("shift_attention"))
        notes.push_back("Products with powers of two are computed as floating-point numbers "
                        "here; operations and energy count shifts and additions of whole "
                        "numbers.");
    return notes;
}

Result<ReworkedVision> shiftAdd(const VisionReworkTask& task)
{
    VITRINE_CHECK(checkShiftAddSteps(task.tricks));
    ReworkedVision rework;
    if (hasShiftAddLayers(task.checkpoint->network())) {
        rework.checkpoint = task.checkpoint;
        rework.notes.push_back("It has ShiftAddViT's layers already and is judged as it is: steps "
                               "are not read.");
        return rework;
    }
    rework.original = task.checkpoint;
    VITRINE_TRY(rework.checkpoint, withShiftAdd(task));
    rework.notes = shiftAddNotes(task);
    return rework;
}

Result<void> fitsShiftAdd(const model::Network& network)
{
    if (hasShiftAddLayers(network) || model::isPlainViT(network))
        return {};
    return inputError("{} is neither a plain ViT with one class token, whose layers ShiftAddViT "
                      "could change, nor a ShiftAddViT",
                      network.name);
}

const Registry<VisionMethod>::Adds kAddsVitality(60, [] {
    return VisionMethod{.name = "vitality",
                        .title = "ViTALiTy",
                        .paper = "arXiv 2211.05109",
                        .tricks = {{"sparse", "Sparse part",
                                    "What low rank leaves of softmax, where a 4-bit prediction "
                                    "exceeds the threshold"}},
                        .fits = fitsVitality,
                        .rework = vitality};
});
const Registry<VisionMethod>::Adds kAddsShiftAddMethod(70, [] {
    return VisionMethod{
        .name = "shiftaddvit",
        .title = "ShiftAddViT",
        .paper = "arXiv 2306.06446",
        .tricks = {{"binary", "Binary attention",
                    "Queries and keys of one bit: attention only adds"},
                   {"hashing", "Kernelised hashing",
                    "Instead of binary, and not among all: queries and keys share codes of learned "
                    "hash functions",
                    true},
                   {"shift_mlp", "Shifting MLPs",
                    "Linear weights of the MLPs become signed powers of two"},
                   {"shift_attention", "Shifting attention layers",
                    "Linear weights before and behind attention become signed powers of two"}},
        .fits = fitsShiftAdd,
        .rework = shiftAdd};
});

} // namespace
} // namespace vitrine::quant
