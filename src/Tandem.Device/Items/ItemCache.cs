namespace Tandem.Device.Items;
internal sealed class ItemCache(ItemRows rows) { public bool TryGetSlot(int item, out int slot) { slot = item; return Rows is not null; } public ItemRows Rows => rows; }
