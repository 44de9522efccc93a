#include "tests/bench/torch_superres.h"

#include "core/learning/nets/superres/s2r.h"
#include "core/learning/nets/training/named_tensors.h"

#include <iostream>

namespace vitrine::bench
{
namespace
{

class TrainersS2r final : public TorchSuperres
{
public:
    TrainersS2r(const std::string& name, std::int64_t scale, const std::string& model, int threads)
        : network_(learning::s2rShape(name, scale), 1)
    {
        torch::set_num_threads(threads);
        learning::fillTensors(network_, learning::readTensorFile(model + "/model.safetensors"), "",
                              model);
        network_.eval();
    }

    std::span<const float> run(std::span<const float> low, std::int64_t height,
                               std::int64_t width) override
    {
        const c10::InferenceMode guard;
        const auto pixels = torch::from_blob(const_cast<float*>(low.data()), {1, height, width, 3});
        high_ = network_.forward(pixels.permute({0, 3, 1, 2})).permute({0, 2, 3, 1}).contiguous();
        return {high_.data_ptr<float>(), static_cast<std::size_t>(high_.numel())};
    }

private:
    learning::S2r network_;
    torch::Tensor high_;
};

} // namespace

extern "C" TorchSuperres* vitrineMakeTorchSuperres(const char* name, std::int64_t scale,
                                                   const char* model, int threads)
{
    try {
        return new TrainersS2r(name, scale, model, threads);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return nullptr;
    }
}

} // namespace vitrine::bench
