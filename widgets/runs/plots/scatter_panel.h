#pragma once

#include "widgets/plot/brush_layer.h"
#include "widgets/runs/plots/scatter_figure.h"

#include <QJsonObject>
#include <QStringList>
#include <QWidget>

#include <memory>

class QComboBox;
class QLabel;
class QPushButton;

namespace vitrine
{

namespace plot
{
class PlotView;
}

// Two quantities of the found runs against each other; a rectangle or a free line brushes runs.
class ScatterPanel : public QWidget
{
    Q_OBJECT
public:
    using Numbers = std::shared_ptr<const std::vector<std::int64_t>>;

    explicit ScatterPanel(QWidget* parent = nullptr);

    // Until a person chooses, the first two of `suitable` are shown.
    void setNames(const QStringList& names, const QStringList& suitable);
    // What is drawn needs these columns; the owner reads them and gives them back.
    std::vector<std::string> wanted() const;
    void setColumns(std::shared_ptr<const std::vector<RunColumn>> columns, Numbers numbers);
    void setKept(Numbers kept); // by a brush, here or elsewhere; nullptr: no brush
    void setSelected(const std::vector<std::int64_t>& numbers);
    void dropBrush();

    QJsonObject state() const; // {"x": ..., "y": ..., "mode": ..., "region": [[x, y], ...]}
    void setState(const QJsonObject& state);
    plot::PlotView& plot() { return *plot_; }

signals:
    void columnsWished();
    void brushed(const vitrine::ScatterPanel::Numbers& kept); // nullptr: no brush
    void runClicked(qint64 number);
    void stateChanged();

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeControls();
    ScatterData data() const;
    void redraw();
    void takeRegion(const QPolygonF& region);
    void chooseMode(plot::BrushLayer::Mode mode);
    void choose(QComboBox& combo, const QString& name);
    void clickAt(double x, double y);

    QComboBox *x_, *y_;
    QPushButton* modes_[3];
    QLabel* words_;
    plot::PlotView* plot_;
    plot::BrushLayer* brush_;
    std::shared_ptr<const std::vector<RunColumn>> columns_;
    Numbers numbers_, kept_;
    std::vector<std::int64_t> selected_;
    bool stale_ = false; // to be drawn when it is seen
};

} // namespace vitrine
