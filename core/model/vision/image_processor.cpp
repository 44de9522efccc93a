#include "core/model/vision/vision_config.h"
#include "core/model/vision/vision_reader.h"

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

// preprocessor_config.json: what the image processors of transformers make of pictures.
namespace vitrine::model
{
namespace
{

// A class of image processors: what it does where its file does not say it.
struct ProcessorClass {
    std::string_view name;
    bool isSquare; // a size of one number is that of both sides, else of the shorter one
    bool crops;
    std::int64_t size;
    Resampling resampling;
    std::array<double, 3> mean, deviation;
};
constexpr std::array<double, 3> kHalf{0.5, 0.5, 0.5}, kImageNetMean{0.485, 0.456, 0.406},
    kImageNetDeviation{0.229, 0.224, 0.225}, kClipMean{0.48145466, 0.4578275, 0.40821073},
    kClipDeviation{0.26862954, 0.26130258, 0.27577711};
constexpr std::array kProcessors = {
    ProcessorClass{"ViT", true, false, 224, Resampling::bilinear, kHalf, kHalf},
    ProcessorClass{"DeiT", true, true, 256, Resampling::bicubic, kHalf, kHalf},
    ProcessorClass{"Bit", false, true, 224, Resampling::bicubic, kClipMean, kClipDeviation},
    ProcessorClass{"CLIP", false, true, 224, Resampling::bicubic, kClipMean, kClipDeviation},
    ProcessorClass{"Pvt", true, false, 224, Resampling::bilinear, kImageNetMean,
                   kImageNetDeviation},
};
constexpr std::int64_t kUsualCrop = 224;
constexpr double kUsualDivisor = 255, kLeastFactor = 1e-6, kMostFactor = 1000;

constexpr std::string_view kProcessorKeys =
    " image_processor_type feature_extractor_type processor_class do_resize size "
    "default_to_square resample do_center_crop crop_size do_rescale rescale_factor "
    "do_normalize image_mean image_std do_convert_rgb _valid_processor_keys data_format "
    "input_data_format return_tensors device disable_grouping ";

const ProcessorClass* processorNamed(std::string_view name)
{
    for (const std::string_view ending : {"Fast", "Pil", "ImageProcessor", "FeatureExtractor"})
        if (name.ends_with(ending))
            name.remove_suffix(ending.size());
    const auto found = std::ranges::find(kProcessors, name, &ProcessorClass::name);
    return found == kProcessors.end() ? nullptr : &*found;
}

std::string_view processorOfModel(std::string_view modelType)
{
    return modelType == "deit"               ? "DeiT"
           : modelType == "pvt_v2"           ? "Pvt"
           : modelType.starts_with("dinov2") ? "Bit"
                                             : "ViT";
}

class ProcessorReader
{
public:
    ProcessorReader(const Json& json, VisionConfig& config) : reader_(json), config_(config) {}

    Result<Preprocessing> read()
    {
        VITRINE_CHECK(findClass());
        Preprocessing how;
        readSize(how);
        readCrop(how);
        readFilter(how);
        readScale(how);
        readNormalisation(how);
        refuseOtherActs();
        if (!fields().problem.empty())
            return inputError("{}", fields().problem);
        return how;
    }

private:
    ConfigFields& fields() { return reader_.fields; }

    Result<void> findClass()
    {
        std::string name =
            fields().text("image_processor_type", fields().text("feature_extractor_type"));
        if (name.empty()) {
            name = processorOfModel(config_.modelType);
            config_.notes.push_back(fmt::format("preprocessor_config.json names no image "
                                                "processor: that of {} is assumed.",
                                                name));
        }
        class_ = processorNamed(name);
        if (!class_)
            return inputError("\"image_processor_type\" is \"{}\"; those of ViT, DeiT, Bit, CLIP "
                              "and PVT are supported",
                              printable(name));
        return {};
    }

    // The side that `key` says: a number, two equal ones, or an object of equal "height" and
    // "width"; 0 where it says none of it. `shorter`, where given, is set for "shortest_edge".
    std::int64_t sideOf(const char* key, std::int64_t otherwise, bool* shorter)
    {
        const Json* value = fields().find(key);
        if (!value)
            return otherwise;
        if (!value->is_object())
            return reader_.side(key).value_or(0);
        VisionReader inner(*value, fmt::format("{}.", key));
        const auto height = inner.size({"height"}, kMostPictureSide),
                   width = inner.size({"width"}, kMostPictureSide),
                   edge = inner.size({"shortest_edge"}, kMostPictureSide);
        constexpr std::string_view kSides = " height width shortest_edge ";
        if (!inner.fields.problem.empty())
            fields().refuse("{}", inner.fields.problem);
        else if (const auto others = inner.unknown(kSides); !others.empty())
            fields().refuse("{} is not supported: \"height\" and \"width\", or "
                            "\"shortest_edge\" are",
                            inner.quoted(others[0]));
        else if (edge && !height && !width && shorter)
            *shorter = true;
        else if (edge || !height || height != width)
            fields().refuse("\"{}\" is to have equal \"height\" and \"width\"{}", key,
                            shorter ? ", or \"shortest_edge\" alone" : "");
        return edge.value_or(height.value_or(0));
    }

    void readSize(Preprocessing& how)
    {
        how.resizes = reader_.flag("do_resize").value_or(true);
        bool shorter = !reader_.flag("default_to_square").value_or(class_->isSquare);
        if (const Json* size = fields().find("size"); size && !size->is_number())
            shorter = false; // it says by itself
        how.resizedTo = sideOf("size", class_->size, &shorter);
        how.squashed = !shorter;
        how.side = how.resizes ? how.resizedTo : 0;
        if (how.resizes && how.resizedTo < 1)
            fields().refuse("\"size\" is to say the side of resized pictures, at least 1");
    }

    void readCrop(Preprocessing& how)
    {
        how.cutsDown = true;
        how.crops = reader_.flag("do_center_crop").value_or(class_->crops);
        if (how.crops && !class_->crops)
            fields().refuse("\"do_center_crop\" is true, which some versions of the image "
                            "processor of {} heed and others do not: take the key away, or name "
                            "another \"image_processor_type\" (that of DeiT or Bit cuts)",
                            class_->name);
        if (!how.crops)
            return;
        how.side = sideOf("crop_size", kUsualCrop, nullptr);
        if (how.side < 1)
            fields().refuse("\"crop_size\" is to be at least 1");
    }

    void readFilter(Preprocessing& how)
    {
        how.resampling = static_cast<Resampling>(
            fields().integer("resample", 0, 5, static_cast<std::int64_t>(class_->resampling)));
    }

    void readScale(Preprocessing& how)
    {
        const double factor = fields().positive("rescale_factor", 1 / kUsualDivisor);
        if (factor < kLeastFactor || factor > kMostFactor)
            fields().refuse("\"rescale_factor\" is {}, a number from {} to {} is expected", factor,
                            kLeastFactor, kMostFactor);
        how.divisor = std::abs(factor * kUsualDivisor - 1) < 1e-12 ? kUsualDivisor : 1 / factor;
        if (!reader_.flag("do_rescale").value_or(true))
            how.divisor = 1;
    }

    void readNormalisation(Preprocessing& how)
    {
        how.mean = reader_.reals("image_mean"), how.deviation = reader_.reals("image_std");
        if (how.mean.empty())
            how.mean.assign(class_->mean.begin(), class_->mean.end());
        if (how.deviation.empty())
            how.deviation.assign(class_->deviation.begin(), class_->deviation.end());
        if (!reader_.flag("do_normalize").value_or(true))
            how.mean.clear(), how.deviation.clear();
    }

    // Whatever else it is told to do; keys that are not known make a note.
    void refuseOtherActs()
    {
        std::vector<std::string> names;
        for (const std::string& key : reader_.unknown(kProcessorKeys)) {
            const Json& value = reader_.json().at(key);
            const bool isOff = value.is_null() || value == Json(false);
            if (!isOff && (key.starts_with("do_") || key == "rescale_offset" || key == "crop_pct"))
                fields().refuse("{} is {}, which is not supported", reader_.quoted(key),
                                ConfigFields::shown(value));
            else if (!isOff)
                names.push_back(reader_.quoted(key));
        }
        if (!names.empty())
            config_.notes.push_back(fmt::format(
                "Keys of preprocessor_config.json that are not read: {}.", fmt::join(names, ", ")));
    }

    VisionReader reader_;
    VisionConfig& config_;
    const ProcessorClass* class_ = nullptr;
};

} // namespace

Result<void> parsePreprocessorConfig(std::string_view text, std::string_view name,
                                     VisionConfig& config)
{
    VITRINE_TRY(const Json json, parseObject(text, name));
    auto how = ProcessorReader(json, config).read();
    if (!how)
        return inputError("cannot read {}: {}", name, how.error().message);
    if (!config.mean.empty() || config.crop || config.resampling || config.padded)
        config.notes.push_back("What config.json says of how pictures are prepared is not heeded: "
                               "preprocessor_config.json says it.");
    config.processor = std::move(*how);
    return {};
}

} // namespace vitrine::model
