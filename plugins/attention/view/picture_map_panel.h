#pragma once

#include "plugins/attention/figures/picture_figures.h"
#include "widgets/page/panel.h"

#include <QImage>

class QComboBox;
class QLabel;

namespace vitrine
{
class LinkedPictureMaps;
class PictureMapTools;
class SegmentedSwitch;
} // namespace vitrine

namespace vitrine::attention_plugin
{

// Maps over the pictures of all runs, and the choice of what they show.
class PictureMapPanel : public Panel
{
    Q_OBJECT
public:
    explicit PictureMapPanel(QWidget* parent);

    // `maps` may still be those of before while new ones are computed.
    void setShown(const PictureRuns& runs, const PictureState& state,
                  const std::vector<PatchMap>& maps);
    LinkedPictureMaps* maps() const { return maps_; }

signals:
    void mapsChosen(vitrine::attention_plugin::PictureMaps maps);
    void queryChosen(const vitrine::attention_plugin::PictureQuery& query, const QString& name);
    void allHeadsChosen(bool all);
    void pictureChosen(std::int64_t picture);
    void lookChosen(const vitrine::figure::PictureLook& look, const QString& label,
                    const QString& mergeKey);
    void menuWished(QPoint globalPosition);

private:
    QWidget* makeChoices();
    void fillChoices(const PictureRuns& runs, const PictureState& state);
    void read(int map, std::optional<std::int64_t> patch);

    SegmentedSwitch *kind_, *heads_;
    QComboBox *query_, *picture_;
    PictureMapTools* tools_;
    LinkedPictureMaps* maps_;
    QLabel* reading_;
    std::vector<PatchMap> shown_;
    QString resting_; // what the reading says while nothing is pointed at
};

} // namespace vitrine::attention_plugin
