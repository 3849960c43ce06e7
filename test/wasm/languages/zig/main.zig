// What a Zig program does first: arguments, environment, standard input, a file, memory, the time.

const std = @import("std");

pub fn main() !void {
    var arena = std.heap.ArenaAllocator.init(std.heap.page_allocator);
    defer arena.deinit();
    const allocator = arena.allocator();
    const out = std.io.getStdOut().writer();

    const args = try std.process.argsAlloc(allocator);
    try out.print("{d} arguments, the last is {s}\n", .{ args.len, args[args.len - 1] });

    const env = try std.process.getEnvMap(allocator);
    try out.print("COLOUR is {s}\n", .{env.get("COLOUR") orelse "not set"});

    const input = try std.io.getStdIn().readToEndAlloc(allocator, 1 << 20);
    var lines = std.mem.tokenizeScalar(u8, input, '\n');
    var numbers = std.ArrayList(i64).init(allocator);
    while (lines.next()) |line| try numbers.append(try std.fmt.parseInt(i64, line, 10));
    std.mem.sort(i64, numbers.items, {}, std.sort.asc(i64));
    try out.print("sorted {any}\n", .{numbers.items});

    var directory = try std.fs.cwd().openDir("data", .{ .iterate = true });
    defer directory.close();
    try directory.writeFile(.{ .sub_path = "zig.txt", .data = "written by Zig\n" });
    const text = try directory.readFileAlloc(allocator, "zig.txt", 100);
    try out.print("file: {s}", .{text});
    var count: usize = 0;
    var entries = directory.iterate();
    while (try entries.next()) |_| count += 1;
    try out.print("{d} entries\n", .{count});

    var digest: [32]u8 = undefined;
    std.crypto.hash.sha2.Sha256.hash("abc", &digest, .{});
    try out.print("sha256 {s}\n", .{std.fmt.fmtSliceHexLower(&digest)});
    try out.print("after 2020: {}\n", .{std.time.timestamp() > 1_577_836_800});
    std.process.exit(23);
}
