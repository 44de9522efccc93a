#include "core/learning/nets/codec/packing.h"

#include "core/learning/nets/codec/in_integers.h"
#include "core/learning/nets/training/named_tensors.h"

#include <cmath>

namespace vitrine::learning::codec
{

using torch::Tensor;

namespace
{

HyperCode hyperCode(Hyperprior hyper)
{
    HyperCode code;
    const Tensor mean = hyper->mean().detach().flatten(),
                 log = hyper->logScale().detach().flatten();
    for (int64_t channel = 0; channel < mean.numel(); ++channel)
        code.tables.push_back(
            logisticTable(mean[channel].item<double>(), std::exp(log[channel].item<double>())));
    code.decoder = inIntegers(*hyper, code.tables);
    return code;
}

// While it lives the parameters are what the file will hold.
class RoundedToHalf
{
public:
    explicit RoundedToHalf(torch::nn::Module& network) : tensors_(namedTensors(network))
    {
        const torch::NoGradGuard noGradient;
        for (auto& [name, tensor] : tensors_) {
            kept_.push_back(tensor.clone());
            tensor.copy_(tensor.to(torch::kHalf));
        }
    }
    ~RoundedToHalf()
    {
        const torch::NoGradGuard noGradient;
        for (size_t i = 0; i < tensors_.size(); ++i)
            tensors_[i].second.copy_(kept_[i]);
    }
    RoundedToHalf(const RoundedToHalf&) = delete;
    RoundedToHalf& operator=(const RoundedToHalf&) = delete;

private:
    std::vector<std::pair<std::string, Tensor>> tensors_;
    std::vector<Tensor> kept_;
};

} // namespace

Weights packed(const std::string& kind, torch::nn::Module& network,
               const std::vector<Hyperprior>& hyperpriors)
{
    const RoundedToHalf rounded(network);
    Weights weights{kind, {}, gaussianTables(), {}};
    for (const auto& [name, tensor] : namedTensors(network))
        weights.tensors.emplace_back(name, tensor.detach().clone());
    for (const Hyperprior& hyper : hyperpriors)
        weights.hyperpriors.push_back(hyperCode(hyper));
    return weights;
}

void unpack(const Weights& weights, torch::nn::Module& network, const std::string& where)
{
    const torch::NoGradGuard noGradient;
    TensorFile file;
    file.tensors = weights.tensors;
    fillTensors(network, file, "", where);
}

IntraNet readIntra(const std::string& folder)
{
    const std::string path = folder + "/ctvc-intra.vnw";
    IntraNet net;
    unpack(readWeights(path, "ctvc-intra"), *net, path);
    net->eval();
    return net;
}

} // namespace vitrine::learning::codec
