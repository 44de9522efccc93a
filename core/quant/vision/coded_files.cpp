#include "core/quant/vision/coded_files.h"

#include "core/base/file.h"
#include "core/base/in_file.h"
#include "core/model/vision/vision_family.h"
#include "core/quant/vision/coded_layers.h"
#include "core/tensor/printable.h"

#include <algorithm>

namespace vitrine::quant
{
namespace
{

namespace fs = std::filesystem;

constexpr std::int64_t kCodedVersion = 1;
constexpr std::uint64_t kMostConfig = std::uint64_t{64} << 20;
// So that sums of products of sizes, which a file may invent, stay within 63 bits.
constexpr std::int64_t kMostSize = std::int64_t{1} << 20;

// What a file of codes knows of the original: all but its numbers.
class CodedCheckpoint final : public model::VisionCheckpoint
{
public:
    std::vector<std::string> tensorNames() const override { return {}; }
    bool has(const std::string&) const override { return false; }
    Result<TensorView> tensor(const std::string& name) const override
    {
        return inputError("{} holds codes, not the numbers of \"{}\"", network_.name,
                          printable(name));
    }
    std::vector<fs::path> files() const override { return files_; }
    std::vector<std::string> notes() const override { return notes_; }
    const std::string& family() const override { return family_; }
    const model::Network& network() const override { return network_; }
    const model::Preprocessing& preprocessing() const override { return preprocessing_; }
    const std::vector<std::string>& labels() const override { return labels_; }

    Result<void> read(const Json& config, const fs::path& folder);

private:
    model::Network network_;
    std::string family_;
    model::Preprocessing preprocessing_;
    std::vector<std::string> labels_, notes_;
    std::vector<fs::path> files_;
};

Result<model::TensorShapes> shapesOf(const Json& config)
{
    const auto tensors = config.find("tensors");
    if (tensors == config.end() || !tensors->is_object())
        return inputError("\"tensors\" is missing");
    model::TensorShapes shapes;
    for (const auto& [name, shape] : tensors->items()) {
        auto& sizes = shapes.all[name];
        if (!shape.is_array() || shape.size() > 4)
            return inputError("\"tensors\": \"{}\" has no shape", printable(name));
        for (const Json& size : shape) {
            if (!size.is_number_integer() || size.get<std::int64_t>() < 1 ||
                size.get<std::int64_t>() > kMostSize)
                return inputError("\"tensors\": \"{}\" has a size that is none", printable(name));
            sizes.push_back(size.get<std::int64_t>());
        }
    }
    return shapes;
}

Result<model::VisionConfig> modelConfigOf(const Json& config)
{
    const auto textOf = [&](const char* key) {
        const auto found = config.find(key);
        return found == config.end() || found->is_null() ? std::string() : dumpJson(*found);
    };
    model::VisionConfig result;
    if (const std::string text = textOf("model"); !text.empty()) {
        VITRINE_TRY(result, model::parseVisionConfig(text, "\"model\""));
    }
    if (const std::string text = textOf("preprocessor"); !text.empty())
        VITRINE_CHECK(model::parsePreprocessorConfig(text, "\"preprocessor\"", result));
    return result;
}

Result<model::VisionFamily> familyCalled(const Json& config)
{
    const auto name = config.find("family");
    if (name != config.end() && name->is_string())
        for (const model::VisionFamily& family : Registry<model::VisionFamily>::all())
            if (family.name == name->get<std::string>())
                return family;
    return inputError("\"family\" names no vision transformer that is known here");
}

Result<void> CodedCheckpoint::read(const Json& config, const fs::path& folder)
{
    VITRINE_TRY(const auto family, familyCalled(config));
    VITRINE_TRY(const auto shapes, shapesOf(config));
    VITRINE_TRY(auto said, modelConfigOf(config));
    if (!family.knows(shapes))
        return inputError("its tensors are not those of a {}", family.name);
    VITRINE_TRY(network_, family.describe(shapes, said, notes_));
    for (const model::NetworkTensor& tensor : model::tensorsOf(network_))
        if (const auto found = shapes.all.find(tensor.name);
            tensor.use != model::TensorUse::unused &&
            (found == shapes.all.end() || found->second != tensor.shape))
            return inputError("\"tensors\": \"{}\" is missing or has another shape",
                              printable(tensor.name));
    family_ = family.name;
    const model::ConvShape& stem = network_.layers.front().shape.conv;
    model::Preprocessing usual = family.preprocessing;
    usual.side = stem.inHeight;
    std::vector<std::string> assumed;
    VITRINE_TRY(preprocessing_, model::preprocessingOf(said, usual, stem.inChannels, assumed));
    labels_ = std::move(said.labels);
    network_.name = (folder.has_filename() ? folder : folder.parent_path()).filename().string();
    network_.title = fmt::format("{}, {} x {}", network_.name, stem.inHeight, stem.inWidth);
    files_ = {folder / "config.json", folder / "model.safetensors"};
    return {};
}

// Of the original, where it lies in a file of this name.
Result<Json> configFile(const model::VisionCheckpoint& checkpoint, const char* name)
{
    for (const fs::path& file : checkpoint.files())
        if (file.filename() == name) {
            VITRINE_TRY(const std::string text, readFile(file, kMostConfig));
            return parseJson(text, file.string());
        }
    return Json();
}

// Whether something else lies there that would be written over.
bool holdsAnother(const fs::path& folder)
{
    return !holdsCodedVision(folder) &&
           (fs::exists(folder / "config.json") || fs::exists(folder / "model.safetensors"));
}

bool areSameNetwork(const model::Network& a, const model::Network& b)
{
    return std::ranges::equal(a.layers, b.layers, [](const auto& x, const auto& y) {
        const model::LayerShape &s = x.shape, &t = y.shape;
        return s.name == t.name && s.kind == t.kind && s.batch == t.batch && s.m == t.m &&
               s.n == t.n && s.k == t.k && x.inputs == y.inputs && x.epsilon == y.epsilon &&
               x.function == y.function && x.side == y.side && x.offset == y.offset &&
               x.method == y.method && x.isTaylor == y.isTaylor;
    });
}

bool areSamePreparation(const model::Preprocessing& a, const model::Preprocessing& b)
{
    return a.side == b.side && a.mean == b.mean && a.deviation == b.deviation &&
           a.resizedSide() == b.resizedSide() && a.resampling == b.resampling &&
           a.padded == b.padded && a.roundsUp == b.roundsUp && a.squashed == b.squashed &&
           a.resizes == b.resizes && a.crops == b.crops && a.cutsDown == b.cutsDown &&
           a.divisor == b.divisor;
}

Result<void> readLayers(Json& config, CodedTensors& tensors, CodedVision& coded)
{
    const model::Network& network = coded.network();
    Json& layers = config["layers"];
    if (!layers.is_array() || layers.size() != network.layers.size())
        return inputError("\"layers\" is no list of the {} layers of the network",
                          network.layers.size());
    coded.layers.resize(network.layers.size());
    const auto read = [&](Json& json, const std::string& name, const auto& fields) -> Result<void> {
        if (!json.is_object())
            return inputError("layer \"{}\" is no object", name);
        CodedRecord record(json, tensors, name);
        fields(record);
        if (!record.problem().empty())
            return inputError("{}", record.problem());
        return {};
    };
    VITRINE_CHECK(read(config["input"], "input", [&](CodedRecord& record) {
        describe(record, "output", coded.input, 0, gridLimits(network));
    }));
    for (const auto describes : {describeGrids, describeLayer})
        for (std::size_t i = 0; i < network.layers.size(); ++i) {
            const std::string& name = network.layers[i].shape.name;
            if (!layers[i].is_object() || layers[i].value("layer", Json()) != Json(name))
                return inputError("layer {} is not \"{}\"", i, name);
            VITRINE_CHECK(read(layers[i], name,
                               [&](CodedRecord& record) { describes(record, network, i, coded); }));
        }
    for (const auto& [name, entry] : tensors.file->entries())
        if (!tensors.read.contains(name))
            return inputError("tensor \"{}\" belongs to no layer", printable(name));
    return {};
}

Result<CodedVision> readFolder(const fs::path& folder)
{
    VITRINE_TRY(const std::string text, readFile(folder / "config.json", kMostConfig));
    VITRINE_TRY(Json config, parseJson(text, "config.json"));
    if (!config.is_object() || config.value("format", Json()) != model::kCodedVisionFormat)
        return inputError("config.json is not of the format \"{}\"", model::kCodedVisionFormat);
    if (config.value("version", Json()) != kCodedVersion)
        return inputError("version {} of its format is not known here, {} is",
                          dumpJson(config.value("version", Json())), kCodedVersion);
    const auto checkpoint = std::make_shared<CodedCheckpoint>();
    VITRINE_CHECK(checkpoint->read(config, folder));
    VITRINE_TRY(const auto file, Safetensors::open(folder / "model.safetensors"));
    CodedTensors tensors;
    tensors.file = &file;
    CodedVision coded{checkpoint, {}, {}};
    VITRINE_CHECK(readLayers(config, tensors, coded));
    VITRINE_CHECK(file.unchanged());
    return coded;
}

} // namespace

Result<void> writeCodedVision(const CodedVision& original, const std::string& method,
                              const fs::path& folder)
{
    CodedVision coded = original;
    const model::VisionCheckpoint& checkpoint = *coded.checkpoint;
    Json config = {{"format", model::kCodedVisionFormat},
                   {"version", kCodedVersion},
                   {"method", method},
                   {"family", checkpoint.family()},
                   {"name", coded.network().name}};
    for (const model::NetworkTensor& tensor : model::tensorsOf(coded.network()))
        if (tensor.use != model::TensorUse::unused)
            config["tensors"][tensor.name] = tensor.shape;
    VITRINE_TRY(config["model"], configFile(checkpoint, "config.json"));
    VITRINE_TRY(config["preprocessor"], configFile(checkpoint, "preprocessor_config.json"));

    CodedTensors tensors;
    CodedRecord input(config["input"], tensors, "input");
    describe(input, "output", coded.input, 0, gridLimits(coded.network()));
    for (std::size_t i = 0; i < coded.layers.size(); ++i) {
        const std::string& name = coded.network().layers[i].shape.name;
        Json& json = config["layers"].emplace_back(Json{{"layer", name}});
        CodedRecord record(json, tensors, name);
        describeGrids(record, coded.network(), i, coded);
        describeLayer(record, coded.network(), i, coded);
        if (!record.problem().empty())
            return inputError("{} cannot be written: {}", coded.network().name, record.problem());
    }
    if (holdsAnother(folder))
        return inputError("{} holds another model, which is not written over", folder.string());
    std::error_code ignored; // what cannot be made cannot be written to, which says why
    fs::create_directories(folder, ignored);
    std::vector<NamedTensor> named;
    for (const auto& [name, stored] : tensors.written)
        named.push_back({name, {stored.type, stored.shape, stored.bytes}});
    VITRINE_CHECK(writeSafetensors(folder / "model.safetensors", std::move(named),
                                   {{"format", model::kCodedVisionFormat}}));
    VITRINE_CHECK(writeFileAtomically(folder / "config.json", dumpJson(config, 1) + "\n"));

    VITRINE_TRY(const CodedVision again, openCodedVision(folder));
    if (!areSameNetwork(again.network(), coded.network()) ||
        !areSamePreparation(again.checkpoint->preprocessing(), checkpoint.preprocessing()) ||
        again.checkpoint->labels() != checkpoint.labels())
        return inputError("{} cannot be written so that it is read the same: its config.json does "
                          "not say all of its network or of how pictures are prepared",
                          coded.network().name);
    return {};
}

bool holdsCodedVision(const fs::path& folder)
{
    const auto text = readFile(folder / "config.json", kMostConfig);
    const auto config = text ? parseJson(*text, "config.json") : Result<Json>(Json());
    return config && config->is_object() &&
           config->value("format", Json()) == model::kCodedVisionFormat;
}

Result<CodedVision> openCodedVision(const fs::path& folder)
{
    return inFile(folder.string(), readFolder(folder));
}

} // namespace vitrine::quant
