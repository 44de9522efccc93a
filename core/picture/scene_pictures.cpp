#include "core/picture/scene_pictures.h"

#include "core/picture/raster.h"
#include "core/picture/scenes.h"

#include <cmath>
#include <fmt/format.h>
#include <stdexcept>

namespace vitrine
{
namespace
{

class ScenePictures final : public LabelledPictures
{
public:
    ScenePictures(std::shared_ptr<const LabelledPictures> garments, std::vector<Raster> parts,
                  std::vector<std::filesystem::path> files, std::uint64_t seed)
        : garments_(std::move(garments)),
          parts_(std::move(parts)),
          files_(std::move(files)),
          seed_(seed)
    {
        for (const Raster& part : parts_)
            photographs_.push_back({part.width, part.height, part.rgb.data()});
    }

    std::int64_t count() const override { return garments_->count(); }
    std::int64_t label(std::int64_t index) const override { return garments_->label(index); }
    std::string name(std::int64_t index) const override { return fmt::format("scene {}", index); }
    std::int64_t classes() const override { return garments_->classes(); }
    const std::vector<std::string>& classNames() const override { return garments_->classNames(); }
    std::vector<std::filesystem::path> files() const override { return files_; }

    Result<Picture> picture(std::int64_t index) const override
    {
        Picture rounded{options_.side, options_.side, 3, {}};
        for (const float value : exact(index))
            rounded.values.push_back(static_cast<std::uint8_t>(std::lround(255.0f * value)));
        return rounded;
    }

    std::vector<float> exact(std::int64_t index) const override
    {
        const auto garment = garments_->picture(index);
        if (!garment)
            return {}; // openScenes has seen that garments lie in memory
        const auto pixels = static_cast<std::size_t>(options_.side * options_.side);
        std::vector<float> planes(3 * pixels), values(3 * pixels);
        Draws draws(seed_, index);
        drawScene(photographs_, garment->values.data(), options_, draws, planes.data());
        for (std::size_t i = 0; i < pixels; ++i)
            for (std::size_t channel = 0; channel < 3; ++channel)
                values[3 * i + channel] = planes[channel * pixels + i];
        return values;
    }

private:
    std::shared_ptr<const LabelledPictures> garments_;
    std::vector<Raster> parts_;
    std::vector<Photograph> photographs_;
    std::vector<std::filesystem::path> files_;
    std::uint64_t seed_;
    SceneOptions options_;
};

} // namespace

Result<std::shared_ptr<const LabelledPictures>>
openScenes(std::shared_ptr<const LabelledPictures> garments,
           const std::vector<HeldOutPhotograph>& photographs, std::uint64_t seed)
{
    std::vector<std::filesystem::path> files = garments->files();
    if (garments->count() == 0 || files.empty() || photographs.empty())
        return inputError("scenes are made of the pictures of Fashion-MNIST as IDX files and "
                          "of photographs");
    VITRINE_TRY(const Picture garment, garments->picture(0)); // all of an IDX file are of one size
    if (garment.width != kGarmentPixels || garment.height != kGarmentPixels ||
        garment.channels != 1)
        return inputError("{} holds pictures of {} x {} with {} channels; garments are grey ones "
                          "of 28 x 28",
                          files[0].string(), garment.width, garment.height, garment.channels);
    std::vector<Raster> parts;
    for (const HeldOutPhotograph& photograph : photographs) {
        const std::string path = photograph.path.string();
        try {
            parts.push_back(cropped(preparedPhotograph(path), photograph.x, photograph.y,
                                    kHeldOutSide, kHeldOutSide));
        } catch (const std::runtime_error& error) {
            const std::string why = error.what();
            return inputError("{}", why.find(path) == std::string::npos ? path + ": " + why : why);
        }
        files.push_back(photograph.path);
    }
    return std::make_shared<ScenePictures>(std::move(garments), std::move(parts), std::move(files),
                                           seed);
}

} // namespace vitrine
