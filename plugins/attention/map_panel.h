#pragma once

#include "plugins/attention/card.h"
#include "plugins/attention/scene.h"
#include "widgets/map/map_view.h"

class QComboBox;
class QGridLayout;
class QLabel;

namespace vitrine
{
class SegmentedSwitch;
}

namespace vitrine::attention
{

class NumberSpin;

// The selected head's map of each run, linked, and the difference of the first two.
class MapPanel : public Card
{
    Q_OBJECT
public:
    MapPanel(MapCompute compute, QWidget* parent);

    void setScene(const Scene& scene);
    void setWindow(const MapWindow& window);
    std::vector<MapView*> maps() const; // those of the runs, then the difference where there is one
    QString readingText() const;        // what the read-out says, plain

signals:
    void windowEdited(const vitrine::MapWindow& window);
    void tokenChosen(std::int64_t token);
    void tokenPinToggled(std::int64_t token);
    void keyHovered(std::int64_t token); // -1: none
    void scaleChosen(bool logarithmic);
    void clipChosen(double clip);
    void coloursChosen(vitrine::figure::ColourMap map);
    void menuWished(QPoint globalPosition, const QString& figure);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Pane {
        QWidget* box = nullptr;
        QLabel* caption = nullptr;
        MapView* map = nullptr;
        int run = 0; // -1: the difference
    };
    void makeControls();
    Pane& paneOf(std::size_t place);
    void fillRunPane(Pane& pane, const Scene& scene, int run, bool newGrid);
    void fillDifferencePane(Pane& pane, const Scene& scene, bool newGrid);
    void placePanes();
    void read(int pane, const MapReading& reading);
    void showReading(const MapReading& reading, const std::vector<float>& values);
    void unread();

    MapCompute compute_;
    SegmentedSwitch* scale_;
    NumberSpin* clip_;
    QComboBox* colours_;
    QGridLayout* grid_;
    QLabel *note_, *reading_;
    std::vector<Pane> panes_;
    std::size_t shown_ = 0;
    std::vector<TileSource> sources_; // of the shown runs, for reading all at once
    std::shared_ptr<const QStringList> tokens_;
    std::vector<QString> names_;
    HeadId head_{-1, -1};
    std::uint64_t runsVersion_ = 0;
    QString plainReading_;
};

} // namespace vitrine::attention
