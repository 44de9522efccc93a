#include "core/quant/llm_quantization.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/model/checkpoint/packed_codes.h"
#include "core/model/network/llm_network.h"
#include "core/quant/hessian.h"
#include "core/quant/importance.h"
#include "core/quant/layer_errors.h"
#include "core/tensor/kernels/dense_weights.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

namespace vitrine::quant
{
namespace
{

using model::BlockwiseLlm;
using model::LinearInput;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kInputs = 4; // of LinearInput
// Shares of a block's work: looking at what its layers read, quantizing them, running it again.
constexpr double kLookShare = 0.15, kRunShare = 0.1;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Matrix matrixOf(const kernels::WeightMatrix& weights)
{
    std::vector<float> numbers(static_cast<std::size_t>(weights.outputs() * weights.inputs()));
    weights.widen(0, weights.outputs(), numbers.data());
    return Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
               numbers.data(), weights.outputs(), weights.inputs())
        .cast<double>();
}

// Dense weights with their numbers.
kernels::SharedWeights denseWeights(std::vector<float> numbers, std::int64_t outputs,
                                    std::int64_t inputs)
{
    auto kept = std::make_shared<const std::vector<float>>(std::move(numbers));
    const auto* bytes = reinterpret_cast<const std::byte*>(kept->data());
    auto* dense = new kernels::DenseWeights(DType::f32, bytes, outputs, inputs);
    return {dense, [kept](const kernels::DenseWeights* each) { delete each; }};
}

std::int64_t storedBitsOf(const QuantizedLayer& layer)
{
    return layer.codes ? layer.codes->storedBits()
                       : static_cast<std::int64_t>(layer.decoded.size()) * 32;
}

// What the linear layers of a block read, summed up over the windows.
class BlockInputs
{
public:
    // The rows of one window.
    void add(LinearInput input, const float* rows, std::int64_t count, std::int64_t width)
    {
        auto& window = windows_[static_cast<std::size_t>(input)];
        window.insert(window.end(), rows, rows + count * width);
        widths_[static_cast<std::size_t>(input)] = width;
    }
    void endWindow()
    {
        for (std::size_t i = 0; i < kInputs; ++i) {
            if (!sums_[i])
                sums_[i].emplace(widths_[i]);
            sums_[i]->add(windows_[i]);
            windows_[i].clear();
        }
    }
    Matrix hessian(LinearInput input) const
    {
        return sums_[static_cast<std::size_t>(input)]->mean();
    }

private:
    std::array<std::vector<float>, kInputs> windows_;
    std::array<std::int64_t, kInputs> widths_ = {};
    std::array<std::optional<HessianSum>, kInputs> sums_;
};

} // namespace

struct LlmQuantization::Private {
    BlockwiseLlm llm;
    LlmQuantSettings settings;
    std::vector<std::vector<float>> residuals; // of the windows, in front of the block to come
    std::filesystem::path folder;
    std::string subject;
    std::vector<LayerRecord> records;
    std::map<std::string, KeptLayer> kept;
    std::size_t keptBefore = 0;
    std::function<bool(double)> progress;
    std::function<void(const LayerRecord&)> onLayer;

    // Share of all that is done when `share` of a block is.
    bool tell(int block, double share) const
    {
        return !progress || progress((block + share) / static_cast<double>(llm.config().layers));
    }

    std::filesystem::path fileOf(const std::string& layer) const
    {
        return folder / (layer + ".safetensors");
    }
    QuantSettings settingsOf(const std::string& layer) const
    {
        QuantSettings own = settings.layers;
        if (const auto found = settings.bits.find(layer); found != settings.bits.end())
            own.bits = found->second;
        return own;
    }

    Result<void> run();
    Result<void> runBlock(int block);
    Result<BlockInputs> lookAtInputs(int block);
    Result<void> quantizeMissing(int block, const std::vector<BlockwiseLlm::LinearLayer>& layers);
    Result<void> quantizeLayer(int block, const BlockwiseLlm::LinearLayer& layer,
                               const Matrix& hessian, double from, double share);
    Result<void> runOnQuantized(int block, const std::vector<BlockwiseLlm::LinearLayer>& layers);
};

LlmQuantization::LlmQuantization(std::unique_ptr<Private> d) : d_(std::move(d)) {}
LlmQuantization::LlmQuantization(LlmQuantization&&) noexcept = default;
LlmQuantization::~LlmQuantization() = default;

Result<LlmQuantization>
LlmQuantization::open(std::shared_ptr<const model::LlmCheckpoint> checkpoint,
                      LlmQuantSettings settings,
                      const std::vector<std::vector<std::int32_t>>& windows,
                      std::filesystem::path folder, std::string subject)
{
    if (windows.empty())
        return argumentError("no text to calibrate on");
    VITRINE_CHECK(checkSettings(settings.quantizer, settings.layers));
    auto d = std::make_unique<Private>();
    VITRINE_TRY(d->llm, BlockwiseLlm::open(std::move(checkpoint)));
    std::set<std::string> names;
    for (int block = 0; block < d->llm.config().layers; ++block)
        for (const auto& layer : d->llm.linearLayers(block))
            names.insert(layer.name);
    d->settings = std::move(settings);
    for (const auto& [name, bits] : d->settings.bits) {
        if (!names.contains(name))
            return argumentError("the model has no linear layer \"{}\" to quantize", name);
        VITRINE_CHECK(checkSettings(d->settings.quantizer, d->settingsOf(name)));
    }
    for (const auto& window : windows) {
        VITRINE_TRY(auto residual, d->llm.embedded(window));
        d->residuals.push_back(std::move(residual));
    }
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return failure("cannot make the folder {}: {}", folder.string(), error.message());
    d->folder = std::move(folder);
    d->subject = std::move(subject);
    return LlmQuantization(std::move(d));
}

Result<void> LlmQuantization::run(const std::function<bool(double)>& progress,
                                  const std::function<void(const LayerRecord&)>& onLayer)
{
    d_->progress = progress;
    d_->onLayer = onLayer;
    return d_->run();
}

const std::vector<LayerRecord>& LlmQuantization::layers() const
{
    return d_->records;
}

std::size_t LlmQuantization::keptBefore() const
{
    return d_->keptBefore;
}

kernels::SharedWeights LlmQuantization::decoded(std::size_t layer) const
{
    const LayerRecord& record = d_->records.at(layer);
    return denseWeights(d_->kept.at(record.name).numbers(), record.outputs, record.inputs);
}

double LlmQuantization::outputError() const
{
    double lost = 0, energy = 0;
    for (const LayerRecord& layer : d_->records) {
        lost += layer.outputError * layer.outputEnergy;
        energy += layer.outputEnergy;
    }
    return energy > 0 ? lost / energy : std::numeric_limits<double>::quiet_NaN();
}

Result<void> LlmQuantization::Private::run()
{
    for (int block = 0; block < llm.config().layers; ++block)
        VITRINE_CHECK(runBlock(block));
    return {};
}

Result<void> LlmQuantization::Private::runBlock(int block)
{
    const auto layers = llm.linearLayers(block);
    for (const auto& layer : layers)
        if (auto found = readKeptLayer(fileOf(layer.name), layer.name, subject)) {
            kept.emplace(layer.name, *std::move(found));
            ++keptBefore;
        }
    VITRINE_CHECK(quantizeMissing(block, layers));
    for (const auto& layer : layers) {
        records.push_back(kept.at(layer.name).record);
        if (onLayer)
            onLayer(records.back());
    }
    return runOnQuantized(block, layers);
}

Result<BlockInputs> LlmQuantization::Private::lookAtInputs(int block)
{
    BlockInputs inputs;
    for (std::size_t w = 0; w < residuals.size(); ++w) {
        std::vector<float> residual = residuals[w];
        llm.run(block, residual,
                [&](LinearInput input, const float* rows, std::int64_t count, std::int64_t width) {
                    inputs.add(input, rows, count, width);
                });
        inputs.endWindow();
        if (!tell(block,
                  kLookShare * static_cast<double>(w + 1) / static_cast<double>(residuals.size())))
            return cancelled();
    }
    return inputs;
}

Result<void>
LlmQuantization::Private::quantizeMissing(int block,
                                          const std::vector<BlockwiseLlm::LinearLayer>& layers)
{
    double all = 0;
    for (const auto& layer : layers)
        all += kept.contains(layer.name)
                   ? 0
                   : static_cast<double>(layer.weights->outputs() * layer.weights->inputs());
    if (all == 0)
        return {};
    VITRINE_TRY(const BlockInputs inputs, lookAtInputs(block));
    std::optional<LinearInput> of;
    Matrix hessian;
    double done = 0;
    for (const auto& layer : layers) {
        if (kept.contains(layer.name))
            continue;
        if (of != layer.input)
            hessian = inputs.hessian(layer.input);
        of = layer.input;
        const double share =
            static_cast<double>(layer.weights->outputs() * layer.weights->inputs()) / all;
        VITRINE_CHECK(quantizeLayer(block, layer, hessian, done, share));
        done += share;
    }
    return {};
}

Result<void> LlmQuantization::Private::quantizeLayer(int block,
                                                     const BlockwiseLlm::LinearLayer& layer,
                                                     const Matrix& hessian, double from,
                                                     double share)
{
    const auto start = Clock::now();
    const Matrix weights = matrixOf(*layer.weights);
    const QuantSettings own = settingsOf(layer.name);
    const LayerTask task{weights, &hessian, [&](double done) {
                             return tell(block, kLookShare + (1 - kLookShare - kRunShare) *
                                                                 (from + share * done));
                         }};
    auto quantized = quantize(settings.quantizer, own, task);
    if (!quantized && quantized.error().kind != ErrorKind::cancelled)
        return tl::unexpected(
            Error{quantized.error().kind,
                  fmt::format("layer {}: {}", layer.name, quantized.error().message)});
    if (!quantized)
        return tl::unexpected(quantized.error());
    LayerRecord record{.name = layer.name,
                       .block = block,
                       .outputs = layer.weights->outputs(),
                       .inputs = layer.weights->inputs(),
                       .bits = own.bits,
                       .storedBits = storedBitsOf(*quantized),
                       .isPacked = quantized->codes.has_value(),
                       .weightError = quantized->weightError,
                       .outputError = quantized->outputError.value_or(0),
                       .outputEnergy = outputEnergy(weights, hessian),
                       .loss = quantized->loss,
                       .importance = 0,
                       .roundErrors = quantized->roundErrors};
    VITRINE_TRY(record.importance, importanceScore(weights, hessian, own.damping));
    record.seconds = secondsSince(start);
    const auto file = fileOf(layer.name);
    VITRINE_CHECK(writeKeptLayer(file, record, *quantized, subject));
    auto read = readKeptLayer(file, layer.name, subject);
    if (!read)
        return failure("{} cannot be read again", file.string());
    kept.emplace(layer.name, *std::move(read));
    return {};
}

Result<void>
LlmQuantization::Private::runOnQuantized(int block,
                                         const std::vector<BlockwiseLlm::LinearLayer>& layers)
{
    for (const auto& layer : layers)
        llm.replace(block, layer.name,
                    denseWeights(kept.at(layer.name).numbers(), layer.weights->outputs(),
                                 layer.weights->inputs()));
    for (std::size_t w = 0; w < residuals.size(); ++w) {
        llm.run(block, residuals[w]);
        if (!tell(block, 1 - kRunShare * (1 - static_cast<double>(w + 1) /
                                                  static_cast<double>(residuals.size()))))
            return cancelled();
    }
    for (const auto& layer : layers) // the numbers take much memory and are not read again
        llm.replace(block, layer.name, layer.weights);
    return {};
}

Result<void> LlmQuantization::write(const std::filesystem::path& folder) const
{
    const model::LlmCheckpoint& checkpoint = d_->llm.checkpoint();
    model::PackedWriter writer;
    bool isPacked = false;
    for (const auto& needed : model::requiredTensors(checkpoint.config())) {
        const auto found = d_->kept.find(needed.name);
        if (found == d_->kept.end()) {
            VITRINE_TRY(TensorView view, checkpoint.tensor(needed.name));
            writer.add({needed.name, std::move(view)});
        } else if (found->second.codes) {
            VITRINE_CHECK(writer.add(needed.name, *found->second.codes));
            isPacked = true;
        } else {
            writer.add({needed.name, found->second.dense});
        }
    }
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return failure("cannot make the folder {}: {}", folder.string(), error.message());
    VITRINE_CHECK(
        writeSafetensors(folder / "model.safetensors", writer.tensors(), writer.metadata()));
    Json config = model::configJson(checkpoint.config());
    if (isPacked)
        config["quantization_config"] = {
            {"quant_method", model::kCodesMethod},
            {"quantizer", d_->settings.quantizer.name},
            {"layout", layoutName(d_->settings.layers.layout)},
            {"group", d_->settings.layers.group},
        };
    return writeFileAtomically(folder / "config.json", dumpJson(config, 2) + "\n");
}

} // namespace vitrine::quant
