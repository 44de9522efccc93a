#include "core/learning/nets/training/trainee.h"

#include "core/learning/nets/training/named_tensors.h"
#include "core/learning/nets/training/tensor_file.h"

namespace vitrine::learning
{

void Trainee::exportTo(const std::string& folder)
{
    TensorFile file;
    file.tensors = namedTensors(network());
    file.metadata["format"] = "pt"; // as libraries expect of files with PyTorch's layout
    writeTensorFile(folder + "/model.safetensors", file, Storage::f16);
    writeWhole(folder + "/config.json", configJson());
}

void Trainee::importFrom(const std::string& folder)
{
    const std::string path = folder + "/model.safetensors";
    fillTensors(network(), readTensorFile(path), "", path);
}

void Trainee::beginFrom(const std::string& folder)
{
    importFrom(folder);
}

} // namespace vitrine::learning
