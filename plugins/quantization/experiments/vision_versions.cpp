#include "plugins/quantization/experiments/vision_versions.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kPicturesTogether = 64;

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// A group of pictures that the three versions see one after the other.
class PictureGroup
{
public:
    PictureGroup(const VisionVersions& versions, const LabelledPictures& pictures,
                 std::span<const std::int64_t> classes, std::int64_t first, std::int64_t count,
                 JudgedPictures& judged)
        : versions_(versions),
          pictures_(pictures),
          classes_(classes),
          first_(first),
          seen_(static_cast<std::size_t>(count)),
          simulated_(seen_.size()),
          whole_(seen_.size()),
          problems_(seen_.size()),
          counts_(seen_.size()),
          judged_(judged)
    {
    }

    Result<void> run()
    {
        VITRINE_CHECK(read());
        VITRINE_CHECK(timed(judged_.secondsOriginal, [this](std::size_t i) -> Result<void> {
            VITRINE_TRY(const auto logits, versions_.original.run(seen_[i]));
            judged_.original[at(i)] = model::classified(logits, labelOf(i));
            return {};
        }));
        VITRINE_CHECK(
            timed(judged_.secondsSimulated, [this](std::size_t i) { return runChanged(i); }));
        for (const quant::RoundingCount& count : counts_)
            judged_.rounding += count;
        if (versions_.whole) {
            VITRINE_CHECK(timed(judged_.secondsWhole, [this](std::size_t i) -> Result<void> {
                VITRINE_TRY(whole_[i], versions_.whole->run(seen_[i]));
                return {};
            }));
            compare();
        }
        return {};
    }

private:
    Result<void> runChanged(std::size_t i)
    {
        if (versions_.reworked) {
            VITRINE_TRY(const auto logits, versions_.reworked->run(seen_[i]));
            judged_.quantized[at(i)] = model::classified(logits, labelOf(i));
            return {};
        }
        VITRINE_TRY(simulated_[i], versions_.simulated->run(seen_[i], {{}, &counts_[i]}));
        judged_.quantized[at(i)] = model::classified(
            quant::logitsOf(versions_.simulated->coded(), simulated_[i]), labelOf(i));
        return {};
    }
    std::size_t at(std::size_t i) const { return static_cast<std::size_t>(first_) + i; }
    std::int64_t labelOf(std::size_t i) const
    {
        return classes_[static_cast<std::size_t>(
            pictures_.label(static_cast<std::int64_t>(at(i))))];
    }
    Result<void> read()
    {
        return each([this](std::size_t i) -> Result<void> {
            VITRINE_TRY(seen_[i], seenBy(versions_.opened.model.checkpoint(), pictures_,
                                         static_cast<std::int64_t>(at(i)), judged_.leftOut[at(i)]));
            return {};
        });
    }
    Result<void> timed(double& seconds, const std::function<Result<void>(std::size_t)>& one)
    {
        const auto start = std::chrono::steady_clock::now();
        VITRINE_CHECK(each(one));
        seconds += secondsSince(start);
        return {};
    }
    // For each picture, several at once.
    Result<void> each(const std::function<Result<void>(std::size_t)>& one)
    {
        parallelFor(seen_.size(), [&](std::size_t i) { problems_[i] = one(i); });
        for (std::size_t i = 0; i < problems_.size(); ++i)
            if (!problems_[i])
                return inputError("{}: {}", pictures_.name(static_cast<std::int64_t>(at(i))),
                                  problems_[i].error().message);
        return {};
    }
    void compare()
    {
        for (std::size_t i = 0; i < seen_.size(); ++i) {
            std::int64_t equal = 0;
            for (std::size_t j = 0; j < whole_[i].size(); ++j)
                equal += whole_[i][j] == simulated_[i][j];
            judged_.equalOutputs += equal;
            judged_.outputs += static_cast<std::int64_t>(whole_[i].size());
            judged_.unequalPictures += equal != static_cast<std::int64_t>(whole_[i].size());
        }
    }

    const VisionVersions& versions_;
    const LabelledPictures& pictures_;
    std::span<const std::int64_t> classes_;
    std::int64_t first_;
    std::vector<std::vector<float>> seen_;
    std::vector<quant::ResultCodes> simulated_, whole_;
    std::vector<Result<void>> problems_;
    std::vector<quant::RoundingCount> counts_;
    JudgedPictures& judged_;
};

} // namespace

Result<JudgedPictures> judge(const VisionVersions& versions, const LabelledPictures& pictures,
                             std::int64_t count, std::span<const std::int64_t> classes,
                             const std::function<bool(std::int64_t done)>& progress)
{
    JudgedPictures judged;
    judged.original.resize(static_cast<std::size_t>(count));
    judged.quantized.resize(static_cast<std::size_t>(count));
    judged.leftOut.resize(static_cast<std::size_t>(count));
    for (std::int64_t done = 0; done < count; done += kPicturesTogether) {
        if (!progress(done))
            return cancelled();
        VITRINE_CHECK(PictureGroup(versions, pictures, classes, done,
                                   std::min(kPicturesTogether, count - done), judged)
                          .run());
    }
    for (double* seconds :
         {&judged.secondsOriginal, &judged.secondsSimulated, &judged.secondsWhole})
        *seconds /= static_cast<double>(count);
    return judged;
}

namespace
{

// For each layer of the changed network the original's of its name, where there is one.
std::vector<std::optional<std::size_t>> samePlaces(const model::Network& original,
                                                   const model::Network& changed)
{
    std::map<std::string, std::size_t> named;
    for (std::size_t i = 0; i < original.layers.size(); ++i)
        named[original.layers[i].shape.name] = i;
    std::vector<std::optional<std::size_t>> places;
    for (const model::NetworkLayer& layer : changed.layers) {
        const auto found = named.find(layer.shape.name);
        places.push_back(found == named.end() ? std::nullopt : std::optional(found->second));
    }
    return places;
}

template <typename T>
void addDistance(std::span<const float> original, std::span<const T> values,
                 LayerDistance& distance)
{
    if (original.size() != values.size())
        return;
    for (std::size_t i = 0; i < original.size(); ++i) {
        const auto x = static_cast<double>(original[i]);
        const double lost = static_cast<double>(values[i]) - x;
        distance.error += lost * lost;
        distance.signal += x * x;
    }
}

} // namespace

Result<std::vector<LayerDistance>> layerDistances(const VisionVersions& versions,
                                                  std::span<const std::vector<float>> pictures)
{
    const auto places = samePlaces(versions.original.network(), versions.changedNetwork());
    std::vector<LayerDistance> distances(places.size());
    for (const std::vector<float>& picture : pictures) {
        std::map<std::size_t, std::vector<float>> outputs;
        VITRINE_TRY(
            [[maybe_unused]] const auto logits,
            versions.original.run(picture, {.observe = [&](const model::LayerOutput& output) {
                                      outputs[output.layer].assign(output.values.begin(),
                                                                   output.values.end());
                                  }}));
        const auto compare = [&](const auto& output) {
            if (places[output.layer])
                addDistance(outputs[*places[output.layer]], output.values, distances[output.layer]);
        };
        if (versions.reworked) {
            VITRINE_TRY([[maybe_unused]] const auto changed,
                        versions.reworked->run(picture, {.observe = compare}));
        } else {
            VITRINE_TRY([[maybe_unused]] const auto codes,
                        versions.simulated->run(picture, {.observe = compare}));
        }
    }
    return distances;
}

} // namespace vitrine::quantization_plugin
