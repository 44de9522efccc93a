#pragma once

#include "core/learning/nets/codec/inter.h"
#include "core/learning/nets/codec/intra.h"
#include "core/learning/nets/codec/vnw.h"

#include <torch/torch.h>

#include <string>
#include <vector>

namespace vitrine::learning::codec
{

// Network to weights: parameters rounded to F16 first, tables and integer hyper-decoders made from
// these.
Weights packed(const std::string& kind, torch::nn::Module& network,
               const std::vector<Hyperprior>& hyperpriors);

// The parameters back into the network. Throws std::runtime_error that names `where` and a tensor
// that is missing or has another shape.
void unpack(const Weights& weights, torch::nn::Module& network, const std::string& where);

// FOLDER/ctvc-intra.vnw as a network in evaluation mode.
IntraNet readIntra(const std::string& folder);

} // namespace vitrine::learning::codec
