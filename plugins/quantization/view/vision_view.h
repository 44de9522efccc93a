#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"
#include "widgets/page/room_view.h"

#include <vector>

class QLabel;

namespace vitrine
{
class DataTable;
class ElidedChoice;
class Panel;
class SegmentedSwitch;
} // namespace vitrine

namespace vitrine::quantization_plugin
{

class CardPages;
class PlotCards;
class VerdictCard;

// Runs of vision.evaluate: how often one or two models are right in a sentence, and in pages what
// is called what, whether probabilities can be believed, the worst answers, and two models beside
// each other. Keys of the state: README.md.
class VisionView : public RoomView
{
    Q_OBJECT
public:
    VisionView(ViewContext& context, QWidget* parent);

    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override { return figures_; }
    QSize minimumSizeHint() const override { return {560, 420}; }

protected:
    void resizeEvent(QResizeEvent* event) override;

    bool hasContent() const override { return !done_.empty(); }
    void showRuns(const std::vector<RunHandle>& sound) override;
    void startStudy() override;
    bool isSound(const RunRecord& run) const override;
    QString troubleOf(const RunRecord& run) const override;

private:
    QWidget* makeContent();
    QWidget* makeBar();
    void makePages();
    Panel* makeConfusion();
    Panel* makeCell();
    Panel* makePairs();
    Runs records() const;
    void draw();
    void drawCell(const RunRecord& run, const State& state);
    void selectCell(const QString& label, const QString& answer);

    std::vector<RunHandle> done_;
    std::vector<figure::Figure> figures_;
    CardPages* pages_ = nullptr;
    PlotCards* plots_ = nullptr;
    ElidedChoice *runChoice_ = nullptr, *cellChoice_ = nullptr;
    VerdictCard* verdict_ = nullptr;
    QLabel* noPictures_ = nullptr;
    SegmentedSwitch* cells_ = nullptr; // counts or shares
    Panel *cellCard_ = nullptr, *pairsCard_ = nullptr;
    DataTable *cellTable_ = nullptr, *pairs_ = nullptr;
};

} // namespace vitrine::quantization_plugin
