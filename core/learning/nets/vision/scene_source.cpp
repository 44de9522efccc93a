#include "core/learning/nets/vision/scene_source.h"

#include "core/picture/scenes.h"

namespace vitrine::learning
{
namespace
{

class SceneSource : public LabelledSource
{
public:
    SceneSource(GarmentParts parts, const std::string& pictureFolder, int64_t side, double ease,
                uint64_t seed)
        : parts_(std::move(parts)),
          options_{.side = side},
          ease_(ease),
          trainingPictures_(pictureFolder, "train"),
          selectionPictures_(pictureFolder, "codec"),
          testPictures_(pictureFolder, "vt10"),
          order_(parts_.training.labels.size(0), seed)
    {
    }

    LabelledPictures training(const Step& step, int64_t batch) override
    {
        const SceneOptions options =
            step.progress < ease_ ? easedScenes(options_, step.progress / ease_) : options_;
        LabelledPictures made = blankScenes(batch);
        for (int64_t i = 0; i < batch; ++i)
            draw(options, parts_.training, order_.at(step.number * batch + i), trainingPictures_,
                 step.chance, made, i);
        return made;
    }

    int64_t count(HeldOut which) const override { return parts_.heldOut(which).labels.size(0); }

    std::vector<std::string> parts() const override { return {"garments", "pictures"}; }

    LabelledPictures heldOut(HeldOut which, int64_t first, int64_t count) override
    {
        const bool selects = which == HeldOut::selection;
        LabelledPictures made = blankScenes(count);
        for (int64_t i = 0; i < count; ++i) {
            Chance chance(selects ? kSelectionSceneSeed : kTestSceneSeed, first + i);
            draw(options_, parts_.heldOut(which), first + i,
                 selects ? selectionPictures_ : testPictures_, chance, made, i);
        }
        return made;
    }

private:
    LabelledPictures blankScenes(int64_t count) const
    {
        return {torch::empty({count, 3, options_.side, options_.side}),
                torch::empty({count}, torch::kLong)};
    }

    void draw(const SceneOptions& options, const Garments& garments, int64_t index,
              const PictureStore& pictures, Chance& chance, LabelledPictures& made,
              int64_t at) const
    {
        drawScene(pictures.photographs(),
                  garments.pictures.data_ptr<uint8_t>() + index * garments.pictures[0].numel(),
                  options, chance,
                  made.pictures.data_ptr<float>() + at * 3 * options.side * options.side);
        made.labels.data_ptr<int64_t>()[at] = garments.labels.data_ptr<uint8_t>()[index];
    }

    GarmentParts parts_;
    SceneOptions options_;
    double ease_;
    PictureStore trainingPictures_, selectionPictures_, testPictures_;
    WalkOrder order_;
};

} // namespace

std::unique_ptr<LabelledSource> sceneSource(GarmentParts parts, const std::string& pictureFolder,
                                            int64_t side, double ease, uint64_t seed)
{
    return std::make_unique<SceneSource>(std::move(parts), pictureFolder, side, ease, seed);
}

} // namespace vitrine::learning
