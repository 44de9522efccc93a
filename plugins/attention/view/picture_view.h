#pragma once

#include "plugins/attention/figures/picture_figures.h"
#include "widgets/page/room_view.h"

#include <functional>
#include <memory>
#include <vector>

class QLabel;
class QSplitter;

namespace vitrine
{
class ItemCard;
class Panel;
class SegmentedSwitch;
class ValueSlider;
namespace plot
{
class PlotView;
}
} // namespace vitrine

namespace vitrine::attention_plugin
{

class PictureMapPanel;

// Attention of vision transformers over pictures: one run or several side by side. Keys of the
// state: README.md.
class PictureView : public RoomView
{
    Q_OBJECT
public:
    PictureView(ViewContext& context, QWidget* parent);
    ~PictureView() override;

    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override;
    QSize minimumSizeHint() const override { return {560, 420}; }

protected:
    void resizeEvent(QResizeEvent* event) override;

    bool hasContent() const override { return !shown_.runs.empty(); }
    void showRuns(const std::vector<RunHandle>& sound) override;
    void startStudy() override;
    QString busy() const override { return busy_; }

private:
    struct Shown {
        std::vector<RunHandle> handles; // keep what `runs` point to
        PictureRuns runs;
    };
    struct Opened;

    QWidget* makeContent();
    Panel* plotCard(const QString& heading, plot::PlotView*& plot);
    Panel* makeNorms();
    void connectParts();
    void arrange(); // plots at the maps' right where there is room, else below
    void take(const Opened& opened);
    void refresh();
    void computeMaps();
    void drawPlots();
    void fillHeads();
    PictureState shownState() const;
    void edit(const std::function<void(PictureState&)>& act, const QString& label,
              const QString& mergeKey = {}, const Values& live = {});
    void chooseHead(std::int64_t layer, std::int64_t head);
    void showMenu(QPoint place);
    figure::Figure withState(figure::Figure figure) const;

    Shown shown_;
    QString busy_;
    std::vector<PatchMap> maps_;

    ItemCard* heads_ = nullptr;
    PictureMapPanel* map_ = nullptr;
    plot::PlotView *distance_ = nullptr, *norms_ = nullptr, *errors_ = nullptr, *answers_ = nullptr;
    Panel *answersCard_ = nullptr, *errorsCard_ = nullptr, *distanceCard_ = nullptr;
    QLabel* notes_ = nullptr; // what the runs say of themselves
    ValueSlider* factor_ = nullptr;
    SegmentedSwitch* high_ = nullptr;
    QWidget* column_ = nullptr; // of plots
    QSplitter *page_ = nullptr, *top_ = nullptr, *plots_ = nullptr;
    std::optional<bool> beside_;
};

} // namespace vitrine::attention_plugin
