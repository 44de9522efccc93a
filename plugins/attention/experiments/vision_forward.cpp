#include "plugins/attention/experiments/vision_forward.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>

#include "core/base/in_file.h"
#include "core/base/resources.h"
#include "core/jobs/bundle/bundle.h"
#include "core/model/vision/vision_model.h"
#include "core/picture/picture.h"
#include "core/tensor/safetensors.h"
#include "plugins/attention/experiments/forward_outputs.h"
#include "plugins/common/experiment_input.h"

namespace vitrine::attention_plugin
{
namespace
{

using model::LayerKind;
using model::NetworkLayer;

constexpr std::uint64_t kLargestMaps = 4ull << 30; // bytes of all maps
constexpr std::size_t kTopClasses = 20;

// A block with attention.
struct VisionBlock {
    std::size_t entering = 0; // the layer whose output it reads
    std::size_t softmax = 0;  // 0: linear attention has none
    std::int64_t windows = 1, heads = 0, tokens = 0, keys = 0;
};

VisionBlock seenBlockOf(const model::Network& network, std::size_t layer)
{
    const NetworkLayer& attention = network.layers[layer];
    VisionBlock block;
    const auto first = std::ranges::find(network.layers, attention.shape.module,
                                         [](const NetworkLayer& l) { return l.shape.module; });
    block.entering = first->inputs.empty() ? 0 : first->inputs[0];
    if (attention.shape.kind == LayerKind::context) {
        block.heads = attention.shape.batch;
        return block;
    }
    const NetworkLayer& scores = network.layers[attention.inputs[0]];
    block.softmax = layer;
    block.heads = scores.shape.batch;
    if (scores.side > 0) { // the table of positions has a column for each head
        block.heads = scores.tensors.front().shape[1];
        block.windows = scores.shape.batch / block.heads;
    }
    block.tokens = scores.shape.m, block.keys = scores.shape.n;
    return block;
}

std::vector<VisionBlock> blocksOf(const model::Network& network)
{
    std::vector<VisionBlock> blocks;
    for (std::size_t layer = 0; layer < network.layers.size(); ++layer)
        if (const LayerKind kind = network.layers[layer].shape.kind;
            kind == LayerKind::softmax || kind == LayerKind::context)
            blocks.push_back(seenBlockOf(network, layer));
    return blocks;
}

// What the head reads: the layer before the first selection or pooling, the last without a head.
std::size_t lastHidden(const model::Network& network)
{
    for (const NetworkLayer& layer : network.layers)
        if (layer.shape.kind == LayerKind::select || layer.shape.kind == LayerKind::pool)
            return layer.inputs[0];
    return network.layers.size() - 1;
}

struct OpenSeeing {
    model::VisionModel model;
    std::vector<InputFile> inputs;
    std::vector<std::string> notes;
};

Result<OpenSeeing> openSeeing(const Params& params, Progress& progress)
{
    VITRINE_TRY(const auto path, findModel(params.text("model")));
    VITRINE_TRY(const auto checkpoint, model::openVisionCheckpoint(path));
    VITRINE_TRY(auto model, inFile(path.string(), model::VisionModel::open(checkpoint)));
    OpenSeeing opened{std::move(model), {}, checkpoint->notes()};
    for (const auto& file : checkpoint->files()) {
        VITRINE_TRY(InputFile input, hashInput("model", file, &progress));
        opened.inputs.push_back(std::move(input));
    }
    return opened;
}

// [3, H, W], normalised already, as [H * W, 3].
Result<std::vector<float>> readPixels(const std::string& path, const model::ConvShape& stem)
{
    VITRINE_TRY(const Safetensors file, Safetensors::open(path));
    VITRINE_TRY(const TensorView view, file.tensor("pixels"));
    const std::vector<std::int64_t> wanted = {stem.inChannels, stem.inHeight, stem.inWidth};
    if (view.shape != wanted)
        return inputError("{}: \"pixels\" is to have the shape [{}, {}, {}], as the network sees "
                          "pictures; values normalised already",
                          path, wanted[0], wanted[1], wanted[2]);
    if (view.type != DType::f32 && view.type != DType::f16 && view.type != DType::bf16 &&
        view.type != DType::f64)
        return inputError("{}: \"pixels\" is to hold real numbers (F32, F16, BF16 or F64)", path);
    const std::vector<float> planes = toFloat(view);
    if (!std::ranges::all_of(planes, [](float value) { return std::isfinite(value); }))
        return inputError("{}: \"pixels\" holds numbers that are not finite", path);
    const auto channels = static_cast<std::size_t>(wanted[0]);
    const std::size_t count = planes.size() / channels;
    std::vector<float> pixels(planes.size());
    for (std::size_t channel = 0; channel < channels; ++channel)
        for (std::size_t i = 0; i < count; ++i)
            pixels[i * channels + channel] = planes[channel * count + i];
    return pixels;
}

class VisionForward
{
public:
    VisionForward(const Params& params, Progress& progress) : params_(params), progress_(progress)
    {
    }

    Result<RunResult> run()
    {
        VITRINE_TRY(const OpenSeeing opened, openSeeing(params_, progress_));
        network_ = &opened.model.network();
        blocks_ = blocksOf(*network_);
        out_.inputs = opened.inputs, out_.notes = opened.notes;
        VITRINE_TRY(what_, wantedOutputs(params_.text("outputs")));
        VITRINE_CHECK(chooseLayers());
        VITRINE_CHECK(chooseHeads());
        VITRINE_CHECK(checkMaps());
        VITRINE_TRY(const std::vector<float> seen, readSeen(opened.model));
        if (!progress_.advance(0, 1, "pass"))
            return cancelled();
        const auto start = std::chrono::steady_clock::now();
        VITRINE_TRY(const std::vector<float> result, opened.model.run(seen, observing()));
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        addMetrics(seconds);
        if (opened.model.classes() > 0)
            addLogits(result, opened.model.checkpoint().labels());
        else if (what_.logits)
            out_.notes.push_back("No logits and no table of classes: the model has no head.");
        VITRINE_CHECK(write());
        return std::move(out_);
    }

private:
    Result<void> chooseLayers();
    Result<void> chooseHeads();
    Result<void> checkMaps() const;
    Result<std::vector<float>> readSeen(const model::VisionModel& model);
    model::VisionPass observing();
    std::vector<std::int64_t> keepMap(const VisionBlock& block, std::span<const float> values,
                                      std::vector<float>& kept) const;
    void addMetrics(double seconds);
    void addLogits(const std::vector<float>& logits, const std::vector<std::string>& labels);
    Result<void> write();

    struct Kept {
        std::vector<std::int64_t> shape;
        std::vector<float> values;
    };

    const Params& params_;
    Progress& progress_;
    const model::Network* network_ = nullptr;
    std::vector<VisionBlock> blocks_;
    ForwardOutputs what_;
    std::vector<std::size_t> layers_; // chosen, in order
    std::vector<std::int64_t> heads_; // chosen; empty: all
    std::map<std::string, Kept> kept_;
    RunResult out_;
};

Result<void> VisionForward::chooseLayers()
{
    for (const std::int64_t layer : params_.integers("layers")) {
        if (layer < 0 || layer >= static_cast<std::int64_t>(blocks_.size()))
            return argumentError("there is no layer {}: the model has the layers 0 to {}", layer,
                                 blocks_.size() - 1);
        layers_.push_back(static_cast<std::size_t>(layer));
    }
    if (layers_.empty()) {
        layers_.resize(blocks_.size());
        std::iota(layers_.begin(), layers_.end(), std::size_t{0});
    }
    std::ranges::sort(layers_);
    layers_.erase(std::unique(layers_.begin(), layers_.end()), layers_.end());
    return {};
}

Result<void> VisionForward::chooseHeads()
{
    heads_ = params_.integers("heads");
    std::ranges::sort(heads_);
    heads_.erase(std::unique(heads_.begin(), heads_.end()), heads_.end());
    for (const std::size_t layer : layers_)
        for (const std::int64_t head : heads_)
            if (head < 0 || head >= blocks_[layer].heads)
                return argumentError("there is no head {} in layer {}: it has the heads 0 to {}",
                                     head, layer, blocks_[layer].heads - 1);
    return {};
}

Result<void> VisionForward::checkMaps() const
{
    if (!what_.attention)
        return {};
    double bytes = 0;
    for (const std::size_t layer : layers_) {
        const VisionBlock& block = blocks_[layer];
        if (block.softmax == 0)
            return argumentError("outputs asks for attention, but layer {} has linear attention, "
                                 "which computes no map: take attention out of outputs (logits and "
                                 "hidden are there)",
                                 layer);
        const auto heads = static_cast<double>(heads_.empty() ? block.heads : std::ssize(heads_));
        bytes += 4 * heads * static_cast<double>(block.windows * block.tokens * block.keys);
    }
    if (bytes > static_cast<double>(kLargestMaps))
        return argumentError(
            "the maps of {} layers would take {:.1f} GiB: choose layers= or heads=", layers_.size(),
            bytes / static_cast<double>(1ull << 30));
    return {};
}

Result<std::vector<float>> VisionForward::readSeen(const model::VisionModel& model)
{
    const char* name = params_.has("pixels") ? "pixels" : "image";
    const std::string& path = params_.text(name);
    VITRINE_TRY(InputFile input, hashInput(name, path));
    out_.inputs.push_back(std::move(input));
    if (params_.has("pixels"))
        return readPixels(path, network_->layers.front().shape.conv);
    VITRINE_TRY(const Picture picture, readPicture(path));
    append(out_.notes, leftOutNotes({&picture.leftOut, 1}));
    return inFile(path,
                  model::prepare({picture.width, picture.height, picture.channels, picture.values},
                                 model.checkpoint().preprocessing()));
}

// [heads, tokens, keys], with windows before where there are several; of the chosen heads.
std::vector<std::int64_t> VisionForward::keepMap(const VisionBlock& block,
                                                 std::span<const float> values,
                                                 std::vector<float>& kept) const
{
    const auto size = static_cast<std::size_t>(block.tokens * block.keys);
    std::vector<std::int64_t> heads = heads_;
    if (heads.empty()) {
        heads.resize(static_cast<std::size_t>(block.heads));
        std::iota(heads.begin(), heads.end(), std::int64_t{0});
    }
    for (std::int64_t window = 0; window < block.windows; ++window)
        for (const std::int64_t head : heads) {
            const auto map =
                values.subspan(static_cast<std::size_t>(window * block.heads + head) * size, size);
            kept.insert(kept.end(), map.begin(), map.end());
        }
    std::vector<std::int64_t> shape = {std::ssize(heads), block.tokens, block.keys};
    if (network_->layers[network_->layers[block.softmax].inputs[0]].side > 0)
        shape.insert(shape.begin(), block.windows);
    return shape;
}

model::VisionPass VisionForward::observing()
{
    model::VisionPass pass;
    pass.observe = [this](const model::LayerOutput& output) {
        for (const std::size_t layer : layers_) {
            const VisionBlock& block = blocks_[layer];
            if (what_.attention && block.softmax == output.layer) {
                Kept& map = kept_[fmt::format("attention.{}", layer)];
                map.shape = keepMap(block, output.values, map.values);
            }
            if (what_.hidden && block.entering == output.layer)
                kept_[fmt::format("hidden.{}", layer)] = {
                    {output.rows, output.columns}, {output.values.begin(), output.values.end()}};
        }
        if (what_.hidden && output.layer == lastHidden(*network_))
            kept_[fmt::format("hidden.{}", blocks_.size())] = {
                {output.rows, output.columns}, {output.values.begin(), output.values.end()}};
    };
    return pass;
}

void VisionForward::addMetrics(double seconds)
{
    const VisionBlock& first = blocks_.front();
    std::int64_t heads = 0;
    for (const VisionBlock& block : blocks_)
        heads = std::max(heads, block.heads);
    const std::int64_t tokens = first.softmax == 0 ? network_->layers[first.entering].shape.m
                                                   : first.tokens * first.windows;
    out_.metrics = {{"tokens", static_cast<double>(tokens), "1", Origin::computed,
                     "Patches of the first layer, and tokens beside them"},
                    {"layers", static_cast<double>(blocks_.size()), "1", Origin::computed,
                     "Blocks with attention"},
                    {"heads", static_cast<double>(heads), "1", Origin::computed,
                     "Heads of a layer; the most where layers differ"},
                    {"seconds_prefill", seconds, "s", Origin::measured, "Time of the pass"}};
}

void VisionForward::addLogits(const std::vector<float>& logits,
                              const std::vector<std::string>& labels)
{
    if (what_.logits)
        kept_["logits"] = {{std::ssize(logits)}, logits};
    if (!std::ranges::all_of(logits, [](float logit) { return std::isfinite(logit); })) {
        out_.notes.push_back("No table of classes: logits are not finite.");
        return;
    }
    Table table{"top",
                {{"class", "1", {}, "Number of the class"},
                 {"label", "", {}, "Its name, where the model knows it"},
                 {"logit", "1", {}, "Unnormalised log-probability"},
                 {"probability", "1", {}, "Softmax of the logits"}},
                {}};
    const std::vector<float> shares = model::probabilities(logits);
    std::vector<std::size_t> order(logits.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [&](std::size_t i) { return logits[i]; });
    order.resize(std::min(order.size(), kTopClasses));
    for (const std::size_t i : order)
        table.rows.push_back({static_cast<std::int64_t>(i), i < labels.size() ? labels[i] : "",
                              static_cast<double>(logits[i]), static_cast<double>(shares[i])});
    out_.tables.push_back(std::move(table));
}

Result<void> VisionForward::write()
{
    std::vector<NamedTensor> tensors;
    for (const auto& [name, kept] : kept_)
        tensors.push_back({name, {DType::f32, kept.shape, std::as_bytes(std::span(kept.values))}});
    Artifact artifact;
    artifact.name = "forward.safetensors";
    artifact.kind = "tensors";
    artifact.path = progress_.artifactFolder() / artifact.name;
    VITRINE_CHECK(writeSafetensors(artifact.path, std::move(tensors)));
    out_.artifacts.push_back(std::move(artifact));
    return {};
}

} // namespace

bool isVisionModel(const Params& chosen)
{
    if (!chosen.has("model"))
        return false;
    const auto path = findModel(chosen.text("model"));
    return path && model::looksLikeVision(*path);
}

std::vector<ParamSpec> seenParams()
{
    ParamSpec image;
    image.name = "image";
    image.label = "Picture";
    image.type = ParamType::file;
    image.help = "A picture (PNG, JPEG, WebP, TIFF, BMP, PNM), prepared as the model expects it";
    image.group = "Picture";
    image.fileKind = "picture";
    ParamSpec pixels = image;
    pixels.name = "pixels";
    pixels.label = "Pixels";
    pixels.help = "A safetensors file with the tensor pixels [3, H, W], normalised already";
    pixels.fileKind = "safetensors";
    for (ParamSpec* spec : {&image, &pixels})
        spec->oneOf = "picture";
    return {image, pixels};
}

Result<RunResult> visionForward(const Params& params, Progress& progress)
{
    return VisionForward(params, progress).run();
}

} // namespace vitrine::attention_plugin
