#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/versions.h"
#include "widgets/page/room_view.h"

#include <vector>

class QBoxLayout;

namespace vitrine
{
class Panel;
class RunTable;
} // namespace vitrine

namespace vitrine::quantization_plugin
{

class PlotCards;
class VerdictCard;

// Runs of quantization.kernels: the fastest kernel in a sentence, times and rates as bars beside
// dense weights and what the memory gives, and all of it as a table.
class KernelsView : public RoomView
{
    Q_OBJECT
public:
    KernelsView(ViewContext& context, QWidget* parent);

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
    Panel* makeTable();
    Runs records() const;
    void draw();

    std::vector<RunHandle> done_;
    std::vector<figure::Figure> figures_;
    VerdictCard* verdict_ = nullptr;
    RunTable* table_ = nullptr;
    PlotCards* plots_ = nullptr;
    QBoxLayout* pair_ = nullptr; // of plots side by side
};

} // namespace vitrine::quantization_plugin
