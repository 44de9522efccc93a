#pragma once

#include "core/figure/figure.h"
#include "widgets/page/bound_state.h"
#include "widgets/view.h"

#include <optional>
#include <vector>

class QGridLayout;
class QLabel;

namespace vitrine
{
class DataTable;
class Panel;
class SegmentedSwitch;
class StatePages;
namespace plot
{
class PlotView;
}
} // namespace vitrine

namespace vitrine::calibration_plugin
{

// Runs that measured something (evaluate, search, apply): what they say in a sentence with its
// interval, the figures, the numbers side by side, and the tables. Keys of the state: README.md.
class StudyView : public View
{
    Q_OBJECT
public:
    StudyView(ViewContext& context, QWidget* parent);

    void setRuns(const std::vector<RunHandle>& runs) override;
    QJsonObject state() const override { return state_; }
    void setState(const QJsonObject& state) override;
    QList<QAction*> viewActions() const override { return actions_; }
    QString title() const override;
    std::vector<figure::Figure> figures() const override { return figures_; }
    void setLoading(const QString& what, double fraction) override;
    void setFailure(const QString& message) override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Plot {
        Panel* card = nullptr;
        plot::PlotView* view = nullptr;
    };
    void makeLayout();
    void showResults();
    void showFigures();
    void placePlots();
    void fillTable();
    void showPage();
    Plot& plotAt(std::size_t place);
    QStringList tableNames() const;
    void change(const QString& key, const QJsonValue& value, const QString& label,
                const QString& mergeKey = {});

    ViewContext& context_;
    QJsonObject state_;
    BoundState bound_{{"ranges"}}; // to the first run
    std::vector<RunHandle> runs_, done_;
    std::vector<figure::Figure> figures_;
    QString loading_, failure_;
    double fraction_ = -1;

    StatePages* pages_ = nullptr;
    QLabel *verdict_ = nullptr, *notes_ = nullptr;
    DataTable *metrics_ = nullptr, *table_ = nullptr;
    Panel* tableCard_ = nullptr;
    SegmentedSwitch* choice_ = nullptr;
    QGridLayout* plotGrid_ = nullptr;
    std::vector<Plot> plots_;
    QList<QAction*> actions_;
};

} // namespace vitrine::calibration_plugin
