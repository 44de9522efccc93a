#include "core/model/vision/vision_checkpoint.h"

#include "core/base/file.h"
#include "core/model/network/attention_form.h"
#include "core/model/vision/folded_weights.h"
#include "core/model/vision/vision_family.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <fmt/ranges.h>
#include <map>

namespace vitrine::model
{
namespace
{

namespace fs = std::filesystem;

constexpr std::uint64_t kVisionConfigLimit = 1 << 20;

// Where one of our tensors lies: in the file as it is, or joined from several of it.
struct StoredParts {
    std::vector<std::string> names; // by part
};

class VisionFile final : public VisionCheckpoint
{
public:
    std::vector<std::string> tensorNames() const override
    {
        std::vector<std::string> names;
        for (const auto& [name, parts] : parts_)
            names.push_back(name);
        return names;
    }
    bool has(const std::string& name) const override { return parts_.contains(name); }
    Result<TensorView> tensor(const std::string& name) const override;
    const kernels::BinaryCodes* codes(const std::string& name) const override
    {
        const auto found = parts_.find(name);
        return found == parts_.end() || found->second.names.size() != 1
                   ? nullptr
                   : files_->codes(found->second.names[0]);
    }
    std::vector<fs::path> files() const override;
    std::vector<std::string> notes() const override { return notes_; }

    const std::string& family() const override { return family_; }
    const Network& network() const override { return network_; }
    const Preprocessing& preprocessing() const override { return preprocessing_; }
    const std::vector<std::string>& labels() const override { return config_.labels; }

    Result<void> open(const fs::path& path);
    bool hasKnownNames(const fs::path& path);

private:
    Result<void> readConfig(const fs::path& folder);
    Result<void> findFamily();
    Result<bool> nameTensors(const VisionFamily& family);
    Result<void> join();
    Result<void> regridPositions(const VisionFamily& family, TensorShapes& shapes);
    Result<void> settle(const VisionFamily& family);
    Result<Network> described(const VisionFamily& family, const TensorShapes& shapes);
    Result<void> checkConfig(const Network& network) const;

    fs::path path_;
    std::shared_ptr<const Checkpoint> files_;
    std::vector<fs::path> configs_;
    VisionConfig config_;
    std::string family_;
    std::string wrapper_; // "vit": what stands before the names, a model type of transformers
    std::map<std::string, StoredParts> parts_;
    struct Joined {
        TensorView view;
        std::vector<std::byte> bytes;
    };
    std::map<std::string, Joined> joined_;
    Network network_;
    Preprocessing preprocessing_;
    std::vector<std::string> notes_;
};

Result<TensorView> VisionFile::tensor(const std::string& name) const
{
    if (const auto joined = joined_.find(name); joined != joined_.end())
        return joined->second.view;
    const auto found = parts_.find(name);
    if (found == parts_.end())
        return inputError("{} holds no tensor \"{}\"", path_.string(), printable(name));
    return files_->tensor(found->second.names[0]);
}

std::vector<fs::path> VisionFile::files() const
{
    std::vector<fs::path> all = configs_;
    for (const fs::path& file : files_->files())
        if (std::ranges::find(all, file) == all.end())
            all.push_back(file);
    return all;
}

Result<void> VisionFile::readConfig(const fs::path& folder)
{
    const fs::path config = folder / "config.json",
                   preprocessor = folder / "preprocessor_config.json";
    if (fs::exists(config)) {
        VITRINE_TRY(const std::string text, readFile(config, kVisionConfigLimit));
        VITRINE_TRY(config_, parseVisionConfig(text, config.string()));
        configs_.push_back(config);
    }
    if (fs::exists(preprocessor)) {
        VITRINE_TRY(const std::string text, readFile(preprocessor, kVisionConfigLimit));
        VITRINE_CHECK(parsePreprocessorConfig(text, preprocessor.string(), config_));
        configs_.push_back(preprocessor);
    }
    notes_ = config_.notes;
    return {};
}

std::string_view unwrapped(std::string_view name, const VisionFamily& family)
{
    for (const std::string_view wrapper : family.wrappers)
        if (name.starts_with(wrapper))
            return name.substr(wrapper.size());
    return name;
}

// Whether the family knows the tensors; their names are then settled.
Result<bool> VisionFile::nameTensors(const VisionFamily& family)
{
    parts_.clear();
    wrapper_.clear();
    TensorShapes shapes;
    std::vector<std::string> unread;
    for (const std::string& stored : files_->tensorNames()) {
        const std::string_view name = unwrapped(stored, family);
        if (const auto wrapper = std::string_view(stored).substr(0, stored.size() - name.size());
            !wrapper.empty())
            wrapper_ = wrapper.substr(0, wrapper.size() - 1);
        TensorPart part = renamed(name, family.rules).value_or(TensorPart{std::string(name), 0, 1});
        if (part.name.empty()) {
            unread.push_back(fmt::format("\"{}\"", printable(stored)));
            continue;
        }
        auto& names = parts_[part.name].names;
        names.resize(std::max<std::size_t>(names.size(), static_cast<std::size_t>(part.parts)));
        std::string& place = names[static_cast<std::size_t>(part.part)];
        if (!place.empty())
            return inputError("{} holds \"{}\" twice: as \"{}\" and as \"{}\"", path_.string(),
                              printable(part.name), printable(place), printable(stored));
        place = stored;
        shapes.all[part.name];
    }
    if (!family.knows(shapes))
        return false;
    if (configs_.empty() && defaultEpsilon(wrapper_)) {
        config_.modelType = wrapper_;
        notes_.push_back(
            fmt::format("No config.json: by the names of its tensors it is taken for a "
                        "\"{}\" of transformers, whose normalisations add {}.",
                        wrapper_, *defaultEpsilon(wrapper_)));
    }
    if (!unread.empty())
        notes_.push_back(fmt::format("Tensors that no pass reads: {}.", fmt::join(unread, ", ")));
    return true;
}

// Tensors stored in parts become one, the rows of each behind those of the part before.
Result<void> VisionFile::join()
{
    for (const auto& [name, parts] : parts_) {
        if (parts.names.size() == 1)
            continue;
        Joined whole;
        for (const std::string& stored : parts.names) {
            if (stored.empty())
                return inputError("{} holds only some of the parts of \"{}\"", path_.string(),
                                  printable(name));
            VITRINE_TRY(const TensorView view, files_->tensor(stored));
            const bool fits = !view.shape.empty() &&
                              (whole.view.shape.empty() ||
                               (view.type == whole.view.type &&
                                std::ranges::equal(std::span(view.shape).subspan(1),
                                                   std::span(whole.view.shape).subspan(1))));
            if (!fits)
                return inputError("the parts of \"{}\" in {} have different shapes or types",
                                  printable(name), path_.string());
            if (whole.view.shape.empty())
                whole.view = {view.type, view.shape, {}};
            else
                whole.view.shape[0] += view.shape[0];
            whole.bytes.insert(whole.bytes.end(), view.bytes.begin(), view.bytes.end());
        }
        Joined& kept = joined_[name];
        kept = std::move(whole);
        kept.view.bytes = kept.bytes;
    }
    return {};
}

// What config.json says of any family, against what the tensors are.
Result<void> VisionFile::checkConfig(const Network& network) const
{
    const LayerShape& last = network.layers.back().shape;
    const std::int64_t classes = last.kind == LayerKind::linear ? last.n : 0;
    const auto check = [&]() -> Result<void> {
        VITRINE_CHECK(sameSize("channels of pictures", config_.channels,
                               network.layers.front().shape.conv.inChannels));
        if (classes > 0)
            VITRINE_CHECK(sameSize("names of classes",
                                   static_cast<std::int64_t>(config_.labels.size()), classes));
        return {};
    };
    if (const auto checked = check(); !checked)
        return inputError("cannot open {}: {}", path_.string(), checked.error().message);
    return {};
}

// The network, with the attention that config.json says.
Result<Network> VisionFile::described(const VisionFamily& family, const TensorShapes& shapes)
{
    VITRINE_TRY(Network network, family.describe(shapes, config_, notes_));
    network.name = family.name;
    if (config_.attention != "taylor")
        return network;
    return withAttention(network, {AttentionForm::Kind::taylor});
}

// Positions of another grid of patches, as the pictures that are prepared for it have it.
Result<void> VisionFile::regridPositions(const VisionFamily& family, TensorShapes& shapes)
{
    if (!family.regrid)
        return {};
    const auto found = family.regrid(shapes, config_);
    if (!found)
        return inputError("cannot open {}: {}", path_.string(), found.error().message);
    if (!*found)
        return {};
    const auto& [grids, side] = **found;
    VITRINE_TRY(const std::vector<float> positions, finiteTensor("pos_embed", *this));
    auto& shape = shapes.all["pos_embed"];
    const std::vector<float> values = resampledPositions(positions, shape[2], grids);
    shape[1] = grids.placed + grids.to * grids.to;
    const auto bytes = std::as_bytes(std::span(values));
    Joined& kept = joined_["pos_embed"];
    kept.bytes.assign(bytes.begin(), bytes.end());
    kept.view = {DType::f32, shape, kept.bytes};
    config_.side = side;
    notes_.push_back(fmt::format(
        "Its positions were trained for {0} x {0} patches; for pictures of {1} x {1} they are "
        "resampled to {2} x {2} (bicubic by size, {3}).",
        grids.from, side, grids.to,
        grids.antialiased ? "antialiased, as transformers' DINOv2 with registers and timm do"
                          : "not antialiased, as transformers' ViT and DINOv2 do"));
    return {};
}

Result<void> VisionFile::settle(const VisionFamily& family)
{
    VITRINE_CHECK(join());
    TensorShapes shapes;
    for (const auto& [name, parts] : parts_) {
        VITRINE_TRY(const TensorView view, tensor(name));
        shapes.all[name] = view.shape;
    }
    VITRINE_CHECK(regridPositions(family, shapes));
    auto network = described(family, shapes);
    if (!network)
        return inputError("cannot open {}: {}", path_.string(), network.error().message);
    VITRINE_CHECK(checkConfig(*network));
    network_ = std::move(*network);
    network_.name = path_.stem().string();
    if (network_.name == "model" && path_.has_parent_path())
        network_.name = path_.parent_path().filename().string();
    VITRINE_TRY(const TensorCheck check, checkTensors(network_, *this, path_.string()));
    if (!check.unexpected.empty())
        return inputError(
            "{} holds \"{}\", which is not part of the {} that its other tensors "
            "describe{}",
            path_.string(), printable(parts_.at(check.unexpected[0]).names[0]), family.name,
            check.unexpected.size() > 1 ? fmt::format(", and {} more", check.unexpected.size() - 1)
                                        : "");
    family_ = family.name;
    std::vector<std::string> assumed;
    const ConvShape& stem = network_.layers.front().shape.conv;
    network_.title = fmt::format("{}, {} x {}", network_.name, stem.inHeight, stem.inWidth);
    Preprocessing usual = family.preprocessing;
    usual.side = stem.inHeight;
    auto how = preprocessingOf(config_, usual, stem.inChannels, assumed);
    if (!how)
        return inputError("cannot open {}: {}", path_.string(), how.error().message);
    preprocessing_ = std::move(*how);
    if (!assumed.empty())
        notes_.push_back(fmt::format("Nothing says how pictures are prepared; assumed as usual for "
                                     "{}: {}.",
                                     family.name, fmt::join(assumed, ", ")));
    return {};
}

Result<void> VisionFile::findFamily()
{
    for (const VisionFamily& family : Registry<VisionFamily>::all()) {
        VITRINE_TRY(const bool isIt, nameTensors(family));
        if (isIt)
            return settle(family);
    }
    return inputError("{} holds no vision transformer that is known here: ViT, DeiT, DINOv2, Swin, "
                      "EfficientViT-B and PVTv2 are, under the names of timm, of transformers and "
                      "of their first releases",
                      path_.string());
}

bool VisionFile::hasKnownNames(const fs::path& path)
{
    path_ = path;
    auto files = openCheckpoint(path);
    if (!files)
        return false;
    files_ = std::move(*files);
    return std::ranges::any_of(Registry<VisionFamily>::all(), [this](const VisionFamily& family) {
        const auto isIt = nameTensors(family);
        return isIt && *isIt;
    });
}

Result<void> VisionFile::open(const fs::path& path)
{
    path_ = path;
    VITRINE_TRY(files_, openCheckpoint(path));
    VITRINE_CHECK(readConfig(fs::is_directory(path) ? path : path.parent_path()));
    for (std::string& note : files_->notes())
        notes_.push_back(std::move(note));
    return findFamily();
}

} // namespace

Result<std::shared_ptr<const VisionCheckpoint>> openVisionCheckpoint(const fs::path& path)
{
    const auto file = std::make_shared<VisionFile>();
    VITRINE_CHECK(file->open(path));
    return file;
}

bool looksLikeVision(const fs::path& path)
{
    return VisionFile().hasKnownNames(path);
}

} // namespace vitrine::model
