// Reads a log as Go's checksum database is read: log_peer KEY LOG CHECKPOINT... PROOFS
//
// LOG is the folder with tiles, CHECKPOINTs are files, the newest last, PROOFS a folder with files proof.INDEX.
// Every tile is authenticated against the newest checkpoint; each leaf's inclusion is proved from the tiles
// and by the proof that the log gave, where there is one; each checkpoint is proved to begin the next ones.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type tiles string

func (t tiles) Height() int { return height }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(string(t), path))
		if err != nil {
			return nil, err
		}
		out = append(out, bytes)
	}
	return out, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func open(path string, verifier note.Verifier) tlog.Tree {
	text, err := os.ReadFile(path)
	check(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		check(fmt.Errorf("%s is no checkpoint: %q", path, opened.Text))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree
}

// The entries of the log, out of its bundles.
func entries(folder string, size int64) [][]byte {
	var out [][]byte
	for n := int64(0); n*256 < size; n++ {
		width := int(min(256, size-n*256))
		path := tlog.Tile{H: height, L: 0, N: n, W: width}.Path()
		bytes, err := os.ReadFile(filepath.Join(folder, strings.Replace(path, "tile/8/0/", "tile/entries/", 1)))
		check(err)
		for len(bytes) > 0 {
			length := int(binary.BigEndian.Uint16(bytes))
			out = append(out, bytes[2:2+length])
			bytes = bytes[2+length:]
		}
	}
	return out
}

func main() {
	if len(os.Args) < 5 {
		os.Exit(2)
	}
	verifier, err := note.NewVerifier(os.Args[1])
	check(err)
	folder, proofs := os.Args[2], os.Args[len(os.Args)-1]
	var trees []tlog.Tree
	for _, path := range os.Args[3 : len(os.Args)-1] {
		trees = append(trees, open(path, verifier))
	}
	newest := trees[len(trees)-1]
	reader := tlog.TileHashReader(newest, tiles(folder))

	leaves := entries(folder, newest.N)
	if int64(len(leaves)) != newest.N {
		check(fmt.Errorf("%d entries in a log of %d", len(leaves), newest.N))
	}
	given := 0
	for i, leaf := range leaves {
		index, hash := int64(i), tlog.RecordHash(leaf)
		proof, err := tlog.ProveRecord(newest.N, index, reader)
		check(err)
		check(tlog.CheckRecord(proof, newest.N, newest.Hash, index, hash))

		theirs, err := os.ReadFile(filepath.Join(proofs, fmt.Sprintf("proof.%d", index)))
		if os.IsNotExist(err) {
			continue
		}
		check(err)
		given++
		if binary.BigEndian.Uint64(theirs) != uint64(index) {
			check(fmt.Errorf("the proof is of another leaf than %d", index))
		}
		var path tlog.RecordProof
		for rest := theirs[8:]; len(rest) > 0; rest = rest[32:] {
			path = append(path, tlog.Hash(rest[:32]))
		}
		check(tlog.CheckRecord(path, newest.N, newest.Hash, index, hash))
	}
	pairs := 0
	for i, older := range trees {
		for _, newer := range trees[i+1:] {
			proof, err := tlog.ProveTree(newer.N, older.N, reader)
			check(err)
			check(tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash))
			pairs++
		}
	}
	fmt.Printf("%d leaves, %d proofs, %d pairs of checkpoints\n", len(leaves), given, pairs)
}
