#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/versions.h"
#include "widgets/page/room_view.h"

#include <map>
#include <string>
#include <vector>

class QBoxLayout;
class QLabel;

namespace vitrine
{
class DataTable;
class ElidedChoice;
class Panel;
class RunTable;
namespace plot
{
class PlotView;
}
} // namespace vitrine

namespace vitrine::quantization_plugin
{

// Runs of quantization.llm: the original beside its versions. What they show in a sentence, the
// versions as a table, figures, and the layers of the selected run. Keys of the state: README.md.
class QuantizationView : public RoomView
{
    Q_OBJECT
public:
    QuantizationView(ViewContext& context, QWidget* parent);

    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override { return figures_; }
    // Below this the page scrolls; what stands side by side goes below each other before that.
    QSize minimumSizeHint() const override { return {560, 420}; }

protected:
    void resizeEvent(QResizeEvent* event) override;

    bool hasContent() const override { return !done_.empty(); }
    void showRuns(const std::vector<RunHandle>& sound) override;
    void startStudy() override;
    bool isSound(const RunRecord& run) const override;
    QString troubleOf(const RunRecord& run) const override;

private:
    struct Plot {
        Panel* card = nullptr;
        plot::PlotView* view = nullptr;
    };
    QWidget* makeContent();
    Panel* makeVerdict();
    Panel* makeVersions();
    Panel* makeLayers();
    Panel* plotCard(const char* figure);
    QBoxLayout* besides(Panel* left, int leftShare, Panel* right, int rightShare);

    Runs records() const;
    std::size_t selected() const; // place among the runs
    void draw();
    void drawPlots();
    void drawLayers();
    void selectRun(int place);
    void selectLayer(const std::string& layer, const QString& mergeKey);
    // The layer at a place in a figure; empty: none.
    std::string layerAt(const std::string& figure, double x, double y) const;
    void clickPlot(const std::string& figure, double x, double y);

    std::vector<RunHandle> done_;
    std::vector<figure::Figure> figures_;
    VersionTable versions_;
    std::vector<int> colours_; // of the versions' rows
    std::string layersOf_;     // uid of the run whose layers the table holds
    bool filling_ = false;     // rows are selected by the view itself

    QLabel *verdict_ = nullptr, *remarks_ = nullptr;
    RunTable* table_ = nullptr;
    std::map<std::string, Plot> plots_; // by figure
    Panel* layersCard_ = nullptr;
    ElidedChoice* choice_ = nullptr;
    DataTable* layers_ = nullptr;
    std::vector<QBoxLayout*> pairs_; // of cards side by side
};

} // namespace vitrine::quantization_plugin
