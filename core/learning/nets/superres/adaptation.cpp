#include "core/learning/nets/superres/adaptation.h"

#include "core/learning/nets/superres/s2r.h"
#include "core/learning/nets/training/chance.h"
#include "core/learning/nets/training/named_tensors.h"
#include "core/learning/nets/training/tensor_file.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

// 3 x height x width
Tensor planesOf(const PictureValues& picture)
{
    return torch::from_blob(const_cast<float*>(picture.values), {picture.height, picture.width, 3},
                            torch::kFloat)
        .permute({2, 0, 1})
        .contiguous();
}

struct SquarePair {
    Tensor small, large; // batch x 3 x side x side
};

class Adapter
{
public:
    explicit Adapter(const AdaptationTask& task)
        : task_(task),
          network_(s2rShape(task.name, task.scale), 1),
          small_(planesOf(task.small)),
          large_(planesOf(task.large)),
          height_(std::min(task.crop, task.small.height)),
          width_(std::min(task.crop, task.small.width))
    {
        if (task.large.width != task.small.width * task.scale ||
            task.large.height != task.small.height * task.scale)
            throw std::runtime_error("the large picture is not " + std::to_string(task.scale) +
                                     " times as large as the small one");
        fillTensors(network_, readTensorFile(task.model + "/model.safetensors"), "", task.model);
        network_.eval();
    }

    Adaptation run(const OnUpdate& onUpdate)
    {
        torch::optim::Adam optimizer(network_.parameters(), task_.learningRate);
        double least = selfLoss();
        keepWeights();
        Adaptation done;
        done.stopped = !onUpdate(0, least, seconds());
        for (int64_t update = 1; update <= task_.updates && !done.stopped; ++update) {
            optimizer.zero_grad();
            lossOf(drawn(update)).backward();
            optimizer.step();
            const double loss = selfLoss();
            if (loss < least) {
                least = loss;
                done.kept = update;
                keepWeights();
            }
            done.stopped = !onUpdate(update, loss, seconds());
        }
        if (!done.stopped)
            write();
        return done;
    }

private:
    SquarePair cut(const std::vector<std::array<int64_t, 2>>& places) const
    {
        const int64_t s = task_.scale;
        std::vector<Tensor> small, large;
        for (const auto& [y, x] : places) {
            small.push_back(small_.slice(1, y, y + height_).slice(2, x, x + width_));
            large.push_back(
                large_.slice(1, y * s, (y + height_) * s).slice(2, x * s, (x + width_) * s));
        }
        return {torch::stack(small), torch::stack(large)};
    }

    SquarePair drawn(int64_t update) const
    {
        Chance chance(task_.seed, update);
        std::vector<std::array<int64_t, 2>> places;
        for (int64_t i = 0; i < task_.batch; ++i)
            places.push_back({chance.below(task_.small.height - height_ + 1),
                              chance.below(task_.small.width - width_ + 1)});
        return cut(places);
    }

    // As many, on a diagonal lattice.
    SquarePair spread() const
    {
        std::vector<std::array<int64_t, 2>> places;
        for (int64_t i = 0; i < task_.batch; ++i)
            places.push_back(
                {(task_.small.height - height_) * i / std::max<int64_t>(1, task_.batch - 1),
                 (task_.small.width - width_) * (i * 3 % task_.batch) /
                     std::max<int64_t>(1, task_.batch - 1)});
        return cut(places);
    }

    Tensor lossOf(const SquarePair& pair)
    {
        return torch::l1_loss(network_.forward(pair.small), pair.large);
    }

    double selfLoss()
    {
        const torch::NoGradGuard noGradient;
        return lossOf(spread()).item<double>();
    }

    void keepWeights()
    {
        kept_.clear();
        for (const auto& [name, tensor] : namedTensors(network_))
            kept_.emplace_back(name, tensor.detach().clone());
    }

    void write() const
    {
        std::filesystem::create_directories(task_.out);
        writeTensorFile(task_.out + "/model.safetensors", {kept_, {}}, Storage::f32);
        writeWhole(task_.out + "/config.json", s2rConfigJson(network_.shape()));
    }

    double seconds() const
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

    const AdaptationTask& task_;
    S2r network_;
    Tensor small_, large_;
    int64_t height_, width_; // of a square
    std::vector<std::pair<std::string, Tensor>> kept_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

} // namespace

Adaptation adapt(const AdaptationTask& task, const OnUpdate& onUpdate)
{
    return Adapter(task).run(onUpdate);
}

} // namespace vitrine::learning
