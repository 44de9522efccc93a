#include "plugins/quantization/experiments/vision_input.h"

#include "core/base/number_text.h"
#include "core/base/resources.h"
#include "core/jobs/bundle/bundle.h"
#include "core/quant/vision/coded_files.h"
#include "core/quant/vision/integer_vision.h"
#include "plugins/common/experiment_input.h"
#include "plugins/quantization/experiments/packaged_pictures.h"

#include <algorithm>

namespace vitrine::quantization_plugin
{
namespace
{

namespace fs = std::filesystem;

constexpr const char* kFashion = "fashion-mnist";
constexpr const char* kScenes = "scenes";

Result<void> openNamed(const Params& params, const std::string& data, Split split,
                       OpenPictures& opened)
{
    const std::string packages = params.has("packages") ? params.text("packages") : "";
    if (data == kScenes) {
        VITRINE_TRY(opened.pictures, openScenes(packages, split, opened.notes));
        return {};
    }
    fs::path path = data;
    if (data == kFashion) {
        VITRINE_TRY(path, findFashionMnist(packages));
    }
    VITRINE_TRY(opened.pictures, openLabelledPictures(path, split));
    return {};
}

// The first `limit` pictures (0: all), the files they come from as inputs called `input`.
Result<OpenPictures> openFirst(const Params& params, const std::string& data, Split split,
                               std::int64_t limit, const char* input)
{
    OpenPictures opened;
    VITRINE_CHECK(openNamed(params, data, split, opened));
    const std::int64_t all = opened.pictures->count();
    opened.count = limit > 0 ? std::min(limit, all) : all;
    if (opened.count == 0)
        return inputError("{} holds no pictures", data);
    for (const fs::path& file : opened.pictures->files()) {
        VITRINE_TRY(InputFile hashed, hashInput(input, file));
        opened.inputs.push_back(std::move(hashed));
    }
    return opened;
}

// Whether two sets are the same pictures under the same names.
bool areSame(const LabelledPictures& a, const LabelledPictures& b)
{
    return a.count() == b.count() && a.files() == b.files() && a.name(0) == b.name(0) &&
           a.name(a.count() - 1) == b.name(b.count() - 1);
}

} // namespace

Result<OpenVision> openClassifier(const Params& params, const char* name)
{
    VITRINE_TRY(OpenVision opened, openVision(params, name));
    if (opened.model.classes() == 0)
        return inputError("{} has no head: it gives features, no classes", opened.name);
    return opened;
}

namespace
{

Result<Classifier> openCodes(const fs::path& folder, const char* name)
{
    VITRINE_TRY(auto opened, quant::openCodedVision(folder));
    const auto coded = std::make_shared<const quant::CodedVision>(std::move(opened));
    if (model::classesOf(coded->network()) == 0)
        return inputError("{} has no head: it gives features, no classes", coded->network().name);
    Classifier result{coded->network().name, coded->checkpoint, {}, {}, coded->checkpoint->notes()};
    const auto logits = [coded](Result<quant::ResultCodes> codes) -> Result<std::vector<float>> {
        VITRINE_TRY(const quant::ResultCodes given, std::move(codes));
        return quant::logitsOf(*coded, given);
    };
    if (const auto isWhole = quant::checkIsWhole(*coded)) {
        VITRINE_TRY(const auto whole, quant::IntegerVision::make(coded));
        result.logits = [whole, logits](std::span<const float> seen) {
            return logits(whole.run(seen));
        };
        result.notes.push_back(
            fmt::format("{} is in codes and judged in whole numbers alone.", result.name));
    } else {
        VITRINE_TRY(const auto simulated, quant::SimulatedVision::make(coded));
        result.logits = [simulated, logits](std::span<const float> seen) {
            return logits(simulated.run(seen));
        };
        result.notes.push_back(
            fmt::format("{} is in codes and judged by simulation, as it has no pass in whole "
                        "numbers: {}.",
                        result.name, isWhole.error().message));
    }
    for (const fs::path& file : coded->checkpoint->files()) {
        VITRINE_TRY(InputFile input, hashInput(name, file));
        result.inputs.push_back(std::move(input));
    }
    return result;
}

} // namespace

Result<Classifier> openClassifierOrCodes(const Params& params, const char* name)
{
    VITRINE_TRY(const fs::path path, findModel(params.text(name)));
    if (quant::holdsCodedVision(path))
        return openCodes(path, name);
    VITRINE_TRY(OpenVision opened, openClassifier(params, name));
    return Classifier{
        opened.name, opened.model.sharedCheckpoint(),
        [model = opened.model](std::span<const float> seen) { return model.run(seen); },
        std::move(opened.inputs), std::move(opened.notes)};
}

std::vector<ParamSpec> pictureParams()
{
    ParamSpec data;
    data.name = "data", data.label = "Pictures", data.type = ParamType::text;
    data.group = "Pictures";
    data.help = "fashion-mnist, scenes (its garments in photographs, for vitrine-deit-scenes), a "
                "folder with a folder for each class, or IDX files as MNIST has them";
    data.fallback = ParamValue(std::string(kFashion));
    ParamSpec split =
        choiceParam("split", "Split", "Pictures", "Which of them",
                    {{"test", "test", "Pictures that nothing was trained on"},
                     {"training", "training", "Pictures that a model was trained on"}});
    ParamSpec limit = numberParam("limit", "At most", "Pictures", "The first ones; 0: all", 0,
                                  10'000'000, std::int64_t{0});
    return {data, split, limit, packagesParam()};
}

Result<OpenPictures> openPictures(const Params& params)
{
    const std::string& data = params.text("data");
    const Split split = params.text("split") == "test" ? Split::test : Split::training;
    if (data == kScenes && split == Split::training)
        return inputError("scenes are test scenes alone: split=test");
    VITRINE_TRY(OpenPictures opened,
                openFirst(params, data, split, params.integer("limit"), "data"));
    if (opened.inputs.empty())
        opened.notes.push_back(
            fmt::format("Pictures of the folder {} are named in the table items, "
                        "not hashed one by one.",
                        data));
    if (const std::int64_t all = opened.pictures->count(); opened.count < all)
        opened.notes.push_back(
            fmt::format("The first {} of {} pictures.", wholeText(opened.count), wholeText(all)));
    return opened;
}

std::vector<ParamSpec> trainingParams()
{
    ParamSpec folder;
    folder.name = "calibration_data", folder.label = "Training pictures";
    folder.type = ParamType::text, folder.group = "Quantization";
    folder.help = "Where they come from: a folder or IDX files; without it the training split of "
                  "the pictures";
    folder.optional = true, folder.advanced = true;
    return {numberParam("calibration", "Calibrated on", "Quantization",
                        "The first training pictures: scales are chosen on them, never on those "
                        "that judge",
                        1, 100'000, std::int64_t{100}),
            folder};
}

Result<OpenPictures> openTrainingPictures(const Params& params, const LabelledPictures& judging)
{
    const bool isGiven = params.has("calibration_data") && !params.text("calibration_data").empty();
    const std::string& data = params.text(isGiven ? "calibration_data" : "data");
    VITRINE_TRY(OpenPictures opened, openFirst(params, data, Split::training,
                                               params.integer("calibration"), "calibration"));
    if (areSame(*opened.pictures, judging))
        return inputError("{} would be calibrated on the pictures that judge it: give training "
                          "pictures as calibration_data",
                          params.text("model"));
    if (opened.count < params.integer("calibration"))
        opened.notes.push_back(
            fmt::format("Calibrated on all {} pictures of {}.", wholeText(opened.count), data));
    return opened;
}

Result<std::vector<std::int64_t>> classesFor(const LabelledPictures& pictures,
                                             const model::VisionCheckpoint& checkpoint,
                                             std::vector<std::string>& notes)
{
    const std::int64_t classes = model::classesOf(checkpoint.network());
    const auto &names = pictures.classNames(), &labels = checkpoint.labels();
    std::vector<std::int64_t> result;
    if (!names.empty() && !labels.empty()) {
        for (const std::string& name : names) {
            const auto found = std::ranges::find(labels, name);
            if (found == labels.end())
                break;
            result.push_back(found - labels.begin());
        }
        if (result.size() == names.size())
            return result;
        result.clear();
    }
    if (pictures.classes() > classes)
        return inputError("the pictures have {} classes, {} knows {}", pictures.classes(),
                          checkpoint.network().name, classes);
    for (std::int64_t i = 0; i < pictures.classes(); ++i)
        result.push_back(i);
    if (!names.empty())
        notes.push_back(fmt::format("{} does not know the classes by the names of their folders: "
                                    "the folders in the order of their names are taken for its "
                                    "classes 0 to {}.",
                                    checkpoint.network().name, pictures.classes() - 1));
    return result;
}

Result<std::vector<float>> seenBy(const model::VisionCheckpoint& checkpoint,
                                  const LabelledPictures& pictures, std::int64_t index,
                                  LeftOut& leftOut)
{
    const model::Preprocessing& how = checkpoint.preprocessing();
    VITRINE_TRY(const Picture picture, pictures.picture(index));
    leftOut = picture.leftOut;
    if (how.keeps(picture.width, picture.height, picture.channels))
        if (const std::vector<float> exact = pictures.exact(index); !exact.empty())
            return model::prepare(exact, how);
    return model::prepare({picture.width, picture.height, picture.channels, picture.values}, how);
}

Result<void> noteRounding(const model::VisionCheckpoint& checkpoint,
                          const LabelledPictures& pictures, std::vector<std::string>& notes)
{
    const model::Preprocessing& how = checkpoint.preprocessing();
    VITRINE_TRY(const Picture picture, pictures.picture(0));
    if (!how.keeps(picture.width, picture.height, picture.channels) && !pictures.exact(0).empty())
        notes.push_back(fmt::format("{} sees pictures of {} x {}: scenes of {} x {} are rounded to "
                                    "8 bits and resized for it.",
                                    checkpoint.network().name, how.side, how.side, picture.width,
                                    picture.height));
    return {};
}

} // namespace vitrine::quantization_plugin
