#pragma once

#include "core/figure/figure.h"
#include "widgets/page/room_view.h"

#include <vector>

class QGridLayout;
class QLabel;

namespace vitrine
{
class DataTable;
class Panel;
class SegmentedSwitch;
namespace plot
{
class PlotView;
}
} // namespace vitrine

namespace vitrine::calibration_plugin
{

// Runs that measured something (evaluate, search, apply): what they say in a sentence with its
// interval, the figures, the numbers side by side, and the tables. Keys of the state: README.md.
class StudyView : public RoomView
{
    Q_OBJECT
public:
    StudyView(ViewContext& context, QWidget* parent);

    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override { return figures_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

    bool hasContent() const override { return !done_.empty(); }
    void showRuns(const std::vector<RunHandle>& sound) override;
    void startStudy() override;
    Notice notice() const override { return {}; } // said among the notes

private:
    struct Plot {
        Panel* card = nullptr;
        plot::PlotView* view = nullptr;
    };
    QWidget* makeContent();
    void showResults();
    void showFigures();
    void placePlots();
    void fillTable();
    Plot& plotAt(std::size_t place);
    QStringList tableNames() const;

    std::vector<RunHandle> done_;
    std::vector<figure::Figure> figures_;

    QLabel *verdict_ = nullptr, *notes_ = nullptr;
    DataTable *metrics_ = nullptr, *table_ = nullptr;
    Panel* tableCard_ = nullptr;
    SegmentedSwitch* choice_ = nullptr;
    QGridLayout* plotGrid_ = nullptr;
    std::vector<Plot> plots_;
};

} // namespace vitrine::calibration_plugin
