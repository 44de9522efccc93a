#include "core/learning/nets/training/named_tensors.h"

#include <stdexcept>

namespace vitrine::learning
{

std::vector<std::pair<std::string, torch::Tensor>> namedTensors(torch::nn::Module& module)
{
    std::vector<std::pair<std::string, torch::Tensor>> found;
    for (const auto& item : module.named_parameters())
        found.emplace_back(item.key(), item.value());
    for (const auto& item : module.named_buffers())
        if (item.value().is_floating_point())
            found.emplace_back(item.key(), item.value());
    return found;
}

void fillTensors(torch::nn::Module& module, const TensorFile& file, const std::string& prefix,
                 const std::string& where)
{
    const torch::NoGradGuard noGradient;
    for (auto& [name, tensor] : namedTensors(module)) {
        const torch::Tensor* stored = file.find(prefix + name);
        if (!stored)
            throw std::runtime_error(where + ": tensor " + prefix + name + " is missing");
        if (stored->sizes() != tensor.sizes())
            throw std::runtime_error(where + ": tensor " + prefix + name +
                                     " has another shape than the recipe's network");
        tensor.copy_(*stored);
    }
}

} // namespace vitrine::learning
