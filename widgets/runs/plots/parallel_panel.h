#pragma once

#include "widgets/parallel/parallel_plot.h"
#include "widgets/runs/find/run_finder.h"

#include <QJsonObject>
#include <QStringList>
#include <QWidget>

#include <memory>

class QLabel;

namespace vitrine
{

class NamePicker;

// Chosen quantities of the found runs as parallel coordinates; brushes on the axes keep runs.
class ParallelPanel : public QWidget
{
    Q_OBJECT
public:
    using Numbers = std::shared_ptr<const std::vector<std::int64_t>>;

    explicit ParallelPanel(QWidget* parent = nullptr);

    // All there are, and those shown where nobody has chosen.
    void setNames(const QStringList& names, const QStringList& automatic);
    std::vector<std::string> wanted() const;
    void setColumns(std::vector<RunColumn> columns, Numbers numbers);
    void dropBrush();

    QJsonObject state() const; // {"axes": [...], "plot": parallel::State}
    void setState(const QJsonObject& state);
    parallel::ParallelPlot& plot() { return *plot_; }

signals:
    void columnsWished();
    void brushed(const vitrine::ParallelPanel::Numbers& kept); // nullptr: no brush
    void runClicked(qint64 number);
    void stateChanged();

private:
    void take(const parallel::State& state);
    void tellBrush();

    NamePicker* axes_;
    QLabel* words_;
    parallel::ParallelPlot* plot_;
    QStringList automatic_;
    Numbers numbers_;
};

} // namespace vitrine
