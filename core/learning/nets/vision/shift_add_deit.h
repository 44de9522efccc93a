#pragma once

#include "core/learning/nets/training/tensor_file.h"
#include "core/learning/nets/vision/deit.h"
#include "core/learning/nets/vision/mixture.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace vitrine::learning
{

struct ShiftAddOptions {
    // Blocks at the end that keep softmax attention, as the last stage of the paper's PVT does;
    // which blocks of a DeiT are meant is not published: ours.
    int64_t softmaxBlocks = 1;
    MixtureOptions mixture;
};

// A DeiT with ShiftAddViT's parts (You et al., NeurIPS 2023): binary attention in all blocks but
// the last ones, both linear layers of every MLP as mixtures of a multiplying and a shifting
// expert. The other linear layers multiply. Tensors keep their names; a mixture's are those of
// mixture.h behind its layer's ("blocks.0.mlp.fc1.mult.weight"), a binary attention adds
// "blocks.0.attn.dconv.weight", which starts at 0. Copies share all.
class ShiftAddDeit
{
public:
    // Throws std::runtime_error where sizes do not fit.
    ShiftAddDeit(const DeitConfig& config, const ShiftAddOptions& options, uint64_t seed);

    // The weights of a trained DeiT of this size; experts of a mixture start alike. Throws naming
    // `where` and the tensor that is missing or has another shape.
    void startFrom(const TensorFile& deit, const std::string& where);

    // As Deit's. Until `mixes` every token takes the multiplying experts and routers do not learn;
    // undecided routers send every token there too. With `chance` routers choose with noise.
    torch::Tensor forward(const torch::Tensor& pictures, Chance* chance, bool mixes);
    // Of all mixtures, summed, in the last forward with chance that mixed; else 0.
    torch::Tensor balance() const;
    void shiftFollowsMult(); // in every mixture

    // Tokens of all mixtures in forwards without chance since this was last asked.
    struct Split {
        int64_t mult = 0, shift = 0;
    };
    Split takeSplit();

    // Of each mixture by its name, in the last forward that mixed: 0 mult, 1 shift, for each token
    // of each picture.
    std::map<std::string, torch::Tensor> chosen() const;

    const std::shared_ptr<torch::nn::Module>& network() const { return network_; }

private:
    struct Converted;

    Deit deit_;
    std::shared_ptr<torch::nn::Module> network_;
    std::shared_ptr<Converted> converted_;
};

// deitConfigJson's, of the family "shiftaddvit", and what is converted.
std::string shiftAddConfigJson(const DeitConfig& config, const ShiftAddOptions& options,
                               const std::string& name);

} // namespace vitrine::learning
