#pragma once

#include "plugins/superres/view/shown_pictures.h"
#include "widgets/page/room_view.h"

#include <memory>

class QLabel;

namespace vitrine
{
class ElidedChoice;
class LinkedPictureMaps;
class Panel;
class RunTable;
class SegmentedSwitch;
namespace plot
{
class PlotView;
}
} // namespace vitrine

namespace vitrine::superres_plugin
{

// Runs of superres.upscale: one picture as each of them enlarged it, beside the truth, the small
// picture and bicubic enlargement, whole or a part of it; what all pictures came to in a table of
// rivals; quality over time and the gain of each picture. Keys of the state: picture (a name), part
// ("whole"), place ([x, y], shares of the picture), ranges.
class SuperresView : public RoomView
{
    Q_OBJECT
public:
    SuperresView(ViewContext& context, QWidget* parent);

    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override { return figures_; }
    QSize minimumSizeHint() const override { return {560, 420}; }

protected:
    bool hasContent() const override { return !done_.empty(); }
    void showRuns(const std::vector<RunHandle>& sound) override;
    void startStudy() override;
    bool isSound(const RunRecord& run) const override;
    QString troubleOf(const RunRecord& run) const override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeContent();
    Panel* makePictures();
    Panel* makeRivals();
    Panel* makePlot(const char* figure, plot::PlotView*& view);
    RunPointers records() const;
    std::size_t chosenItem() const;
    QPointF place() const; // of the part that is shown
    void fillChoice();
    void draw();
    void readPictures();
    void drawPictures();
    void drawPlots();
    void moveTo(std::int64_t patch);

    std::vector<RunHandle> done_;
    std::vector<figure::Figure> figures_;
    std::shared_ptr<const ShownPictures> shown_;
    QString shownKey_; // what shown_ is of
    ElidedChoice* choice_ = nullptr;
    SegmentedSwitch* part_ = nullptr;
    Panel* pictures_ = nullptr;
    LinkedPictureMaps* maps_ = nullptr;
    QLabel* leftOut_ = nullptr;
    RunTable* rivals_ = nullptr;
    QWidget* plots_ = nullptr;
    Panel *timeCard_ = nullptr, *gainCard_ = nullptr;
    plot::PlotView *time_ = nullptr, *gain_ = nullptr;
};

} // namespace vitrine::superres_plugin
